//! The leases, and appending under one.

/// A lease's row stays for ever, so that its epoch never begins again.
///
/// `take_lease` and `append_under` both hold the head while they look at the epoch, so each append is wholly before a lease
/// passed on, and counts, or wholly after, and is refused. Renewing touches neither: it needn't even reach the disk, for a
/// renewal that a crash takes back only lets the lease run out sooner.
///
/// `append_under` is `append` behind the fences: who shows none calls `append` as ever.
pub(super) const SECOND: &str = r#"
CREATE TABLE seinhuis.lease (
  name   text COLLATE "C" PRIMARY KEY,
  holder text        NOT NULL,
  epoch  bigint      NOT NULL CHECK (epoch > 0),
  until  timestamptz NOT NULL
) WITH (fillfactor = 10);

CREATE FUNCTION seinhuis.refuse_old_epochs() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'UPDATE' AND NEW.name = OLD.name AND NEW.epoch >= OLD.epoch THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'an epoch never comes again' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER epoch_only_rises BEFORE UPDATE OR DELETE ON seinhuis.lease
  FOR EACH ROW EXECUTE FUNCTION seinhuis.refuse_old_epochs();
CREATE TRIGGER epoch_never_goes BEFORE TRUNCATE ON seinhuis.lease
  FOR EACH STATEMENT EXECUTE FUNCTION seinhuis.refuse_old_epochs();
ALTER TABLE seinhuis.lease ENABLE ALWAYS TRIGGER epoch_only_rises;
ALTER TABLE seinhuis.lease ENABLE ALWAYS TRIGGER epoch_never_goes;

-- A lease that seems to live longer than any does was renewed before the server's clock was set back.
CREATE FUNCTION seinhuis.lives(until timestamptz) RETURNS boolean LANGUAGE sql VOLATILE AS
$$ SELECT until > clock_timestamp() AND until < clock_timestamp() + interval '1 minute' $$;

CREATE FUNCTION seinhuis.take_lease(wanted text, taker text, life interval, OUT taken bigint) LANGUAGE plpgsql
  SET lock_timeout = '2s'
AS $$
BEGIN
  -- Most who ask find it held: that holds up nobody.
  PERFORM FROM seinhuis.lease WHERE name = wanted AND seinhuis.lives(until);
  IF FOUND THEN RETURN; END IF;
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'taking a lease needs the isolation level read committed'
      USING ERRCODE = 'invalid_transaction_state';
  END IF;
  IF current_setting('synchronous_commit') IN ('off', 'local') THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  PERFORM FROM seinhuis.head WHERE id = 1 FOR UPDATE;
  INSERT INTO seinhuis.lease AS known VALUES (wanted, taker, 1, clock_timestamp() + life)
    ON CONFLICT (name) DO UPDATE SET holder = taker, epoch = known.epoch + 1, until = clock_timestamp() + life
      WHERE NOT seinhuis.lives(known.until)
    RETURNING known.epoch INTO taken;
END $$;

CREATE FUNCTION seinhuis.renew_lease(renewed text, present bigint, life interval, OUT held boolean) LANGUAGE plpgsql
  SET lock_timeout = '1s'
AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  UPDATE seinhuis.lease SET until = clock_timestamp() + life WHERE name = renewed AND epoch = present;
  held := FOUND;
END $$;

CREATE FUNCTION seinhuis.append_under(
  streams text[], versions int[], opens boolean[], types text[], schemas int[], recorded bigint[], areas text[],
  actors text[], traces text[], payloads bytea[], keys bytea[], envelopes bytea[], leaves bytea[],
  fences text[], epochs bigint[],
  OUT before bigint, OUT stored boolean, OUT standing int[], OUT fenced int[]
) LANGUAGE plpgsql
  SET lock_timeout = '8s'
AS $$
BEGIN
  SELECT head.position INTO STRICT before FROM seinhuis.head WHERE id = 1 FOR UPDATE;
  -- A statement of its own: it sees every lease that passed on before the head came free.
  SELECT array_agg(shown.at::int ORDER BY shown.at) INTO fenced
    FROM unnest(fences, epochs) WITH ORDINALITY AS shown (name, epoch, at)
    LEFT JOIN seinhuis.lease ON lease.name = shown.name
   WHERE lease.epoch IS DISTINCT FROM shown.epoch;
  stored := false;
  IF fenced IS NULL THEN
    SELECT done.before, done.stored, done.standing INTO before, stored, standing
      FROM seinhuis.append(streams, versions, opens, types, schemas, recorded, areas, actors, traces, payloads, keys,
                           envelopes, leaves) AS done;
  END IF;
END $$;
"#;
