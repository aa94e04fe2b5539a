//! The tables of the log, the triggers by which the database itself refuses to rewrite it (INV-5), and the function that
//! appends. What leases add is in a step of its own.

mod lease;

use super::migrate::{Schema, Step};

/// The log's own schema.
pub(super) const LOG: Schema = Schema {
    name: "seinhuis",
    what: "a log",
    steps: &[Step { statements: FIRST, oldest: 1 }, Step { statements: lease::SECOND, oldest: 1 }],
};

/// A trigger that refuses something.
pub(super) struct Guard {
    pub(super) name: &'static str,
    pub(super) table: &'static str,
    /// When it fires, as `pg_trigger.tgtype` says it: for each row 1, before 2, INSERT 4, DELETE 8, UPDATE 16, TRUNCATE 32.
    pub(super) fires: i16,
    /// What it calls.
    pub(super) function: &'static str,
}

/// The guards. A verifier looks whether each still stands, always fires, and calls what it should.
#[rustfmt::skip]
pub(super) const GUARDS: &[Guard] = &[
    Guard { name: "event_never_changes", table: "event", fires: 2 + 8 + 16, function: "refuse_rewriting" },
    Guard { name: "event_never_goes", table: "event", fires: 2 + 32, function: "refuse_rewriting" },
    Guard { name: "event_comes_next", table: "event", fires: 4, function: "refuse_gaps" },
    Guard { name: "head_only_rises", table: "head", fires: 1 + 2 + 4 + 8 + 16, function: "refuse_falling" },
    Guard { name: "head_never_goes", table: "head", fires: 2 + 32, function: "refuse_rewriting" },
];

/// The functions the triggers call: a guard with another body guards nothing.
pub(super) const REFUSALS: &[&str] = &["refuse_rewriting", "refuse_gaps", "refuse_falling"];

/// Whether `body` is what a step gave the function `name`.
pub(super) fn is_refusal(name: &str, body: &str) -> bool {
    let made = format!("FUNCTION seinhuis.{name}() RETURNS trigger LANGUAGE plpgsql AS\n$${body}$$");
    LOG.steps.iter().any(|step| step.statements.contains(&made))
}

/// Fixed columns first, widest first, so that no byte is lost to alignment.
///
/// `append` is one round trip: it takes the head row, which lets one group of all processes in at a time, looks whether
/// every stream of the group stands where the caller hopes, and only then inserts and moves the head. Otherwise it
/// changes nothing and tells where they stand; the caller judges again. It commits durably whatever the database's
/// default is, and its plans never search the table: they are made once per session, maybe while it is still empty.
const FIRST: &str = r#"
CREATE TABLE seinhuis.event (
  position    bigint  PRIMARY KEY CHECK (position > 0),
  recorded_at bigint  NOT NULL, -- microseconds since 1970-01-01T00:00Z
  version     int     NOT NULL CHECK (version > 0),
  schema      int     NOT NULL,
  stream      text    COLLATE "C" NOT NULL,
  type        text    COLLATE "C" NOT NULL,
  area        text    COLLATE "C",
  actor       text    COLLATE "C" NOT NULL,
  trace       text    COLLATE "C",
  payload     bytea   NOT NULL, -- JSON, byte for byte what was hashed
  sealed_keys bytea,            -- ids of the subject keys, 16 bytes each
  sealed      bytea,
  leaf        bytea   NOT NULL CHECK (length(leaf) = 32),
  CONSTRAINT event_sealed CHECK ((sealed IS NULL) = (sealed_keys IS NULL))
);
CREATE UNIQUE INDEX event_stream_version ON seinhuis.event (stream, version);
CREATE INDEX event_area ON seinhuis.event (area, position) WHERE area IS NOT NULL;
CREATE INDEX event_type ON seinhuis.event (type, position);

-- One row, written by every group: room in its page, so that its versions stay there.
CREATE TABLE seinhuis.head (
  id       int    PRIMARY KEY CHECK (id = 1),
  position bigint NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
INSERT INTO seinhuis.head VALUES (1, 0);

CREATE FUNCTION seinhuis.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the log is never rewritten' USING ERRCODE = 'restrict_violation'; END $$;

CREATE FUNCTION seinhuis.refuse_gaps() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF (SELECT max(position) FROM seinhuis.event) IS DISTINCT FROM (SELECT position FROM seinhuis.head WHERE id = 1) THEN
    RAISE EXCEPTION 'an event takes the next position' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION seinhuis.refuse_falling() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.position >= OLD.position THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'the head only goes up' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER event_never_changes BEFORE UPDATE OR DELETE ON seinhuis.event
  FOR EACH STATEMENT EXECUTE FUNCTION seinhuis.refuse_rewriting();
CREATE TRIGGER event_never_goes BEFORE TRUNCATE ON seinhuis.event
  FOR EACH STATEMENT EXECUTE FUNCTION seinhuis.refuse_rewriting();
CREATE TRIGGER event_comes_next AFTER INSERT ON seinhuis.event
  FOR EACH STATEMENT EXECUTE FUNCTION seinhuis.refuse_gaps();
CREATE TRIGGER head_only_rises BEFORE INSERT OR UPDATE OR DELETE ON seinhuis.head
  FOR EACH ROW EXECUTE FUNCTION seinhuis.refuse_falling();
CREATE TRIGGER head_never_goes BEFORE TRUNCATE ON seinhuis.head
  FOR EACH STATEMENT EXECUTE FUNCTION seinhuis.refuse_rewriting();
ALTER TABLE seinhuis.event ENABLE ALWAYS TRIGGER event_never_changes;
ALTER TABLE seinhuis.event ENABLE ALWAYS TRIGGER event_never_goes;
ALTER TABLE seinhuis.event ENABLE ALWAYS TRIGGER event_comes_next;
ALTER TABLE seinhuis.head ENABLE ALWAYS TRIGGER head_only_rises;
ALTER TABLE seinhuis.head ENABLE ALWAYS TRIGGER head_never_goes;

CREATE FUNCTION seinhuis.append(
  streams text[], versions int[], opens boolean[], types text[], schemas int[], recorded bigint[], areas text[],
  actors text[], traces text[], payloads bytea[], keys bytea[], envelopes bytea[], leaves bytea[],
  OUT before bigint, OUT stored boolean, OUT standing int[]
) LANGUAGE plpgsql
  SET lock_timeout = '8s'
  SET enable_seqscan = off
  SET enable_bitmapscan = off
  SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  inserted bigint;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'appending needs the isolation level read committed' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  IF current_setting('synchronous_commit') IN ('off', 'local') THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  SELECT head.position INTO STRICT before FROM seinhuis.head WHERE id = 1 FOR UPDATE;
  -- A statement of its own: it sees what was committed by whoever held the head before.
  SELECT coalesce(bool_and(now.version = asked.version), true), array_agg(now.version ORDER BY asked.at)
    INTO stored, standing
    FROM (SELECT u.stream, u.version - 1 AS version, u.at
            FROM unnest(streams, versions, opens) WITH ORDINALITY AS u (stream, version, opens, at) WHERE u.opens) AS asked
    CROSS JOIN LATERAL (SELECT coalesce((SELECT event.version FROM seinhuis.event WHERE event.stream = asked.stream
                                          ORDER BY event.version DESC LIMIT 1), 0) AS version) AS now;
  IF stored THEN
    UPDATE seinhuis.head SET position = before + cardinality(streams) WHERE id = 1;
    INSERT INTO seinhuis.event (position, recorded_at, version, schema, stream, type, area, actor, trace, payload,
                                sealed_keys, sealed, leaf)
      SELECT before + u.at, u.recorded_at, u.version, u.schema, u.stream, u.type, u.area, u.actor, u.trace, u.payload,
             u.sealed_keys, u.sealed, u.leaf
        FROM unnest(streams, versions, types, schemas, recorded, areas, actors, traces, payloads, keys, envelopes, leaves)
             WITH ORDINALITY AS u (stream, version, type, schema, recorded_at, area, actor, trace, payload, sealed_keys,
                                   sealed, leaf, at);
    -- A rule or a trigger that somebody added may swallow rows without a word.
    GET DIAGNOSTICS inserted = ROW_COUNT;
    IF inserted <> cardinality(streams) THEN
      RAISE EXCEPTION 'of % events % were inserted', cardinality(streams), inserted USING ERRCODE = 'data_corrupted';
    END IF;
  END IF;
END $$;
"#;
