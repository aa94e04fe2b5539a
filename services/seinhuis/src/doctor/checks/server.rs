//! What would stand in the hub's way at a server: rooms that are too small, clocks that end what takes long.

use std::time::Duration;

use super::postgres::first_bad;
use crate::doctor::check::{Check, Judged, Judgement};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "postgres", id: "sessions", looks_at: "the server has sessions left", needs: &[Need::Databases], judge: sessions },
    Check { group: "postgres", id: "statement-timeout", looks_at: "no statement is ended that a rebuild needs", needs: &[Need::Databases], judge: statement_timeout },
    Check { group: "postgres", id: "idle-timeout", looks_at: "no session of the hub is ended while it works", needs: &[Need::Databases], judge: idle_timeout },
    Check { group: "postgres", id: "autovacuum", looks_at: "tables are tidied", needs: &[Need::Databases], judge: autovacuum },
    Check { group: "postgres", id: "encoding", looks_at: "text is written in UTF-8", needs: &[Need::Databases], judge: encoding },
    Check { group: "postgres", id: "role", looks_at: "the hub's role is no superuser", needs: &[Need::Databases], judge: role },
];

/// Sessions that one more process of the hub takes.
const SESSIONS: u32 = 20;
/// Making an index in a rebuild takes minutes.
const LONG: Duration = Duration::from_secs(3_600);
/// A hub that waits for its turn at the head of the log waits inside a transaction.
const IDLE: Duration = Duration::from_secs(5);

fn sessions(facts: &Facts) -> Judgement {
    let few = first_bad(facts, |_, server| {
        let left = server.sessions_most.saturating_sub(server.sessions);
        (left < SESSIONS).then(|| format!("{left} of {} sessions are left", server.sessions_most))
    })?;
    match few {
        Some((_, said)) => Judged::warning(said, "raise max_connections, or put a pooler before the server"),
        None => Judged::ok(format!("{SESSIONS} or more are left")),
    }
}

fn statement_timeout(facts: &Facts) -> Judgement {
    let short = first_bad(facts, |_, server| {
        let ends = server.statement_timeout;
        (!ends.is_zero() && ends < LONG).then(|| format!("statement_timeout ends a statement after {ends:?}"))
    })?;
    match short {
        Some((_, said)) => Judged::warning(
            said,
            "ALTER ROLE … SET statement_timeout = 0 for the hub's role: it ends by itself what takes too long",
        ),
        None => Judged::ok("nothing is ended that takes long"),
    }
}

fn idle_timeout(facts: &Facts) -> Judgement {
    let short = first_bad(facts, |_, server| {
        let ends = server.idle_timeout;
        (!ends.is_zero() && ends < IDLE)
            .then(|| format!("idle_in_transaction_session_timeout ends a session after {ends:?}"))
    })?;
    match short {
        Some((_, said)) => Judged::warning(said, "set it to 5s or more for the hub's role, or to 0"),
        None => Judged::ok("no session is ended while it works"),
    }
}

fn autovacuum(facts: &Facts) -> Judgement {
    match first_bad(facts, |_, server| (!server.autovacuum).then(|| "autovacuum is off".to_owned()))? {
        Some((_, said)) => Judged::warning(
            format!("{said}: tables grow, and one day the server refuses to write"),
            "autovacuum = on in postgresql.conf, and a reload",
        ),
        None => Judged::ok("autovacuum is on"),
    }
}

fn encoding(facts: &Facts) -> Judgement {
    let other = first_bad(facts, |_, server| {
        (server.encoding != "UTF8").then(|| format!("its encoding is {}", server.encoding))
    })?;
    match other {
        Some((_, said)) => Judged::failure(
            said,
            "make a database with ENCODING 'UTF8' TEMPLATE template0, and bring what there is over with pg_dump",
        ),
        None => Judged::ok("it is UTF8"),
    }
}

fn role(facts: &Facts) -> Judgement {
    let above = first_bad(facts, |database, server| {
        (database.holds_truth() && server.is_superuser).then(|| "the hub is a superuser there".to_owned())
    })?;
    match above {
        Some((_, said)) => Judged::advice(
            format!("{said}, and could take away what keeps the log from being rewritten"),
            "give it a role of its own: CREATE ROLE seinhuis LOGIN, owner of the database and no more",
        ),
        None => Judged::ok("it is none"),
    }
}
