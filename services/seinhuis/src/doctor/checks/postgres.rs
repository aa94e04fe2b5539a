//! How each database of PostgreSQL is set: what may be lost, and what would stand in the hub's way.

use std::time::Duration;

use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Database, Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "postgres", id: "reachable", looks_at: "the servers answer", needs: &[Need::Databases], judge: reachable },
    Check { group: "postgres", id: "fsync", looks_at: "what is written is synced to disk", needs: &[Need::Databases], judge: fsync },
    Check { group: "postgres", id: "full-page-writes", looks_at: "a page torn in a crash is found whole", needs: &[Need::Databases], judge: full_page_writes },
    Check { group: "postgres", id: "synchronous-commit", looks_at: "a commit waits for the disk, for the hub's role and database too", needs: &[Need::Databases], judge: synchronous_commit },
    Check { group: "postgres", id: "standby", looks_at: "no server is a standby", needs: &[Need::Databases], judge: standby },
    Check { group: "postgres", id: "synchronous-standbys", looks_at: "the standbys that commits wait for are there", needs: &[Need::Databases], judge: synchronous_standbys },
    Check { group: "postgres", id: "pooler", looks_at: "a pooler in transaction mode is named in the address", needs: &[Need::Databases], judge: pooler },
    Check { group: "postgres", id: "clock", looks_at: "the servers' clocks agree with the machine's", needs: &[Need::Databases], judge: clock },
    Check { group: "postgres", id: "archive", looks_at: "the log's server archives what it writes", needs: &[Need::Databases], judge: archive },
];

/// Databases whose server was seen.
pub(super) fn seen(facts: &Facts) -> Result<Vec<&Database>, Skipped> {
    let databases = facts.databases.get()?;
    let seen: Vec<_> = databases.iter().filter(|database| database.server.get().is_ok()).collect();
    if seen.is_empty() { Err(Skipped("no server answers".to_owned())) } else { Ok(seen) }
}

/// The first of them of which `bad` says something.
pub(super) fn first_bad(
    facts: &Facts,
    bad: impl Fn(&Database, &seinhuis_eventstore::inspect::Server) -> Option<String>,
) -> Result<Option<(&Database, String)>, Skipped> {
    let found = seen(facts)?.into_iter().find_map(|database| {
        let said = bad(database, database.server.get().ok()?)?;
        Some((database, format!("{}: {said}", database.name())))
    });
    Ok(found)
}

fn reachable(facts: &Facts) -> Judgement {
    let databases = facts.databases.get()?;
    let gone = databases.iter().find_map(|database| Some((database, database.server.fault()?)));
    match gone {
        Some((database, why)) => Judged::failure(
            format!("{}: {why}", database.name()),
            "start the server, or correct its address; the hub waits for it",
        ),
        None => Judged::ok(format!("{} of them", databases.len())),
    }
}

fn fsync(facts: &Facts) -> Judgement {
    let bad = first_bad(facts, |_, server| (!server.fsync).then(|| "fsync is off".to_owned()))?;
    loses(bad, "fsync = on in postgresql.conf, and a restart", "fsync is on")
}

fn full_page_writes(facts: &Facts) -> Judgement {
    let off = first_bad(facts, |_, server| {
        (!server.full_page_writes).then(|| "full_page_writes is off".to_owned())
    })?;
    loses(off, "full_page_writes = on in postgresql.conf, and a reload", "full_page_writes is on")
}

/// A failure where the truth is kept; what can be made again is worth a word.
fn loses(bad: Option<(&Database, String)>, remedy: &'static str, well: &str) -> Judgement {
    match bad {
        Some((database, said)) if database.holds_truth() => Judged::failure(
            format!("{said}: it may lose what it acknowledged, and the hub refuses it"),
            remedy,
        ),
        Some((_, said)) => Judged::advice(format!("{said}: read models may have to be made again"), remedy),
        None => Judged::ok(well),
    }
}

fn synchronous_commit(facts: &Facts) -> Judgement {
    let bad = first_bad(facts, |database, server| {
        let lax = ["off", "local"].contains(&server.synchronous_commit.as_str());
        let (set, from) = (&server.synchronous_commit, &server.synchronous_commit_from);
        (database.holds_truth() && lax).then(|| format!("synchronous_commit is {set}, set by {from}"))
    })?;
    match bad {
        Some((_, said)) => Judged::warning(
            format!("{said}; appends set it right for themselves"),
            "ALTER ROLE or ALTER DATABASE … RESET synchronous_commit, or take it out of postgresql.conf",
        ),
        None => Judged::ok("commits wait for the disk"),
    }
}

fn standby(facts: &Facts) -> Judgement {
    match first_bad(facts, |_, server| server.is_standby.then(|| "it is a standby".to_owned()))? {
        Some((_, said)) => Judged::failure(
            format!("{said}, which takes no writes"),
            "name the primary in the address, or promote this server if the primary is gone for good",
        ),
        None => Judged::ok("all of them take writes"),
    }
}

fn synchronous_standbys(facts: &Facts) -> Judgement {
    let missing = first_bad(facts, |_, server| {
        let alone = !server.standbys_named.is_empty() && server.standbys_there == Some(0);
        alone.then(|| format!("commits wait for {}, and none of them is there", server.standbys_named))
    })?;
    match missing {
        Some((_, said)) => Judged::failure(
            said,
            "start the standby, or take it out of synchronous_standby_names: nothing is acknowledged like this",
        ),
        None => Judged::ok("no commit waits for a standby that isn't there"),
    }
}

fn pooler(facts: &Facts) -> Judgement {
    let databases = seen(facts)?;
    let found = |shared: bool, pooled: bool| {
        databases.iter().find(|one| one.shared.get().is_ok_and(|it| *it == shared) && one.pooled == pooled)
    };
    if let Some(unsaid) = found(true, false) {
        return Judged::failure(
            format!("{}: a pooler hands its sessions on, and the address doesn't say so", unsaid.name()),
            "add pooler=transaction to the parameters of the address, or have the pooler keep sessions",
        );
    }
    match found(false, true) {
        Some(direct) => Judged::advice(
            format!("{}: the address names a pooler, and no session is handed on", direct.name()),
            "take pooler=transaction out of the address: it costs a little",
        ),
        None => Judged::ok("the addresses say what stands before the servers"),
    }
}

fn clock(facts: &Facts) -> Judgement {
    let databases = seen(facts)?;
    let Some(worst) = databases.iter().max_by_key(|one| one.ahead.unsigned_abs()) else {
        return Skipped::because("no server answers");
    };
    let by = worst.ahead.unsigned_abs();
    if by > Duration::from_secs(2) {
        let way = if worst.ahead.is_positive() { "ahead of" } else { "behind" };
        let said = format!("the machine's clock is {} s {way} that of {}", by.as_secs(), worst.name());
        return Judged::failure(
            format!("{said}: no timer fires"),
            "have both machines follow a time server (chrony, systemd-timesyncd)",
        );
    }
    Judged::ok("they agree within two seconds")
}

fn archive(facts: &Facts) -> Judgement {
    let bad = first_bad(facts, |database, server| {
        (database.holds_truth() && !server.archives).then(|| "archive_mode is off".to_owned())
    })?;
    match bad {
        Some((_, said)) => Judged::advice(
            format!("{said}: a backup brings back the moment it was taken, and none after it"),
            "archive_mode = on with an archive_command, and pg_basebackup now and then",
        ),
        None => Judged::ok("what is written is archived"),
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::doctor::facts::Seen;
    use jiff::{SignedDuration, Timestamp};
    use seinhuis_eventstore::inspect::Server;

    fn facts(holds: &'static str, change: impl FnOnce(&mut Server)) -> Facts {
        let mut server = Server {
            version: 150_004,
            fsync: true,
            full_page_writes: true,
            synchronous_commit: "on".into(),
            synchronous_commit_from: "default".into(),
            is_standby: false,
            standbys_named: String::new(),
            standbys_there: Some(0),
            sessions_most: 97,
            sessions: 3,
            statement_timeout: Duration::ZERO,
            idle_timeout: Duration::ZERO,
            autovacuum: true,
            encoding: "UTF8".into(),
            archives: true,
            time: Timestamp::UNIX_EPOCH,
            is_superuser: false,
        };
        change(&mut server);
        let database = Database {
            holds: vec![holds],
            pooled: false,
            shared: Seen::There(false),
            server: Seen::There(server),
            ahead: SignedDuration::ZERO,
        };
        Facts { databases: Seen::There(vec![database]), ..Facts::default() }
    }

    fn word(judgement: Judgement) -> &'static str {
        judgement.map_or("skipped", |judged| judged.verdict.word())
    }

    #[test]
    fn what_is_lost_matters_where_it_can_not_be_made_again() {
        let off = |server: &mut Server| server.fsync = false;
        assert_eq!(word(fsync(&facts("log", off))), "failure");
        assert_eq!(word(fsync(&facts("views", off))), "advice");
        assert_eq!(word(fsync(&facts("log", |_| {}))), "ok");
        let lax = |server: &mut Server| server.synchronous_commit = "off".into();
        assert_eq!(
            (word(synchronous_commit(&facts("keys", lax))), word(synchronous_commit(&facts("views", lax)))),
            ("warning", "ok")
        );
    }

    #[test]
    fn standbys_that_commits_wait_for_are_missed_only_where_they_can_be_seen() {
        let named = |there| {
            move |server: &mut Server| (server.standbys_named, server.standbys_there) = ("b".into(), there)
        };
        assert_eq!(word(synchronous_standbys(&facts("log", named(Some(0))))), "failure");
        assert_eq!(word(synchronous_standbys(&facts("log", named(Some(1))))), "ok");
        assert_eq!(word(synchronous_standbys(&facts("log", named(None)))), "ok");
    }

    #[test]
    fn two_seconds_between_the_clocks_are_let_be() {
        let apart = |millis| {
            let mut facts = facts("log", |_| {});
            if let Seen::There(databases) = &mut facts.databases {
                databases[0].ahead = SignedDuration::from_millis(millis);
            }
            word(clock(&facts))
        };
        assert_eq!((apart(2_000), apart(2_001), apart(-2_001)), ("ok", "failure", "failure"));
    }

    #[test]
    fn without_a_database_there_is_nothing_to_judge() {
        let none = Facts { databases: Seen::Nothing("everything is kept in files"), ..Facts::default() };
        assert!(CHECKS.iter().all(|check| word((check.judge)(&none)) == "skipped"));
    }
}
