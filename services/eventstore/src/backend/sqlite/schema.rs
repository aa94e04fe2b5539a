//! The tables of the log, and the triggers by which the database itself refuses to rewrite it (INV-5).

/// `SEIN` in ASCII: marks the file as a log.
pub(crate) const APPLICATION: i64 = 0x5345_494E;

/// The guards. A verifier looks whether each is still there, word for word.
pub(crate) const GUARDS: &[(&str, &str)] = &[
    (
        "event_never_changes",
        "CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the log is never rewritten'); END",
    ),
    (
        "event_never_goes",
        "CREATE TRIGGER event_never_goes BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the log is never rewritten'); END",
    ),
    (
        // Also stops INSERT OR REPLACE, which deletes the row in its way without firing the trigger above: a taken
        // position isn't the next one, and a taken (stream, version) is looked for.
        "event_comes_next",
        "CREATE TRIGGER event_comes_next BEFORE INSERT ON event
WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM event)
  OR EXISTS (SELECT 1 FROM event WHERE stream = NEW.stream AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'an event takes the next position and the next version'); END",
    ),
    (
        "head_never_falls",
        "CREATE TRIGGER head_never_falls BEFORE UPDATE ON head
WHEN NEW.id IS NOT OLD.id OR NEW.position < OLD.position
BEGIN SELECT RAISE(ABORT, 'the head only goes up'); END",
    ),
    (
        "head_never_goes",
        "CREATE TRIGGER head_never_goes BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'the head only goes up'); END",
    ),
    (
        "head_is_one",
        "CREATE TRIGGER head_is_one BEFORE INSERT ON head
WHEN EXISTS (SELECT 1 FROM head)
BEGIN SELECT RAISE(ABORT, 'the head only goes up'); END",
    ),
];

/// Schema 1: the final row of the log.
pub(crate) const TABLES: &str = "
CREATE TABLE event (
  position    INTEGER PRIMARY KEY,
  stream      TEXT    NOT NULL,
  version     INTEGER NOT NULL CHECK (version > 0),
  type        TEXT    NOT NULL,
  schema      INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL, -- microseconds since 1970-01-01T00:00Z
  area        TEXT,
  actor       TEXT    NOT NULL,
  trace       TEXT,
  payload     BLOB    NOT NULL, -- JSON, byte for byte what was hashed
  sealed_keys BLOB,             -- ids of the subject keys, 16 bytes each
  sealed      BLOB,
  leaf        BLOB    NOT NULL CHECK (length(leaf) = 32),
  CHECK ((sealed IS NULL) = (sealed_keys IS NULL))
) STRICT;
CREATE UNIQUE INDEX event_stream_version ON event (stream, version);
CREATE TABLE head (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  position INTEGER NOT NULL
) STRICT;
INSERT INTO head VALUES (1, 0);
";

/// Schema 2: the events of one area or of one type in order, without a search through the others.
pub(crate) const INDEXES: &str = "
CREATE INDEX event_area ON event (area) WHERE area IS NOT NULL;
CREATE INDEX event_type ON event (type);
";
