//! Databases: what may be lost, and what stands before them.

use std::sync::OnceLock;

use seinhuis_testkit::{Hub, PgBouncer, Postgres, free_port};

use crate::ward::{Fault, Looks, apart, each_turns, look};
use crate::well::PROFILE;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a server that is away",
        turns: &[
            ("postgres/reachable", "failure"),
            ("log/readable", "failure"),
            ("keys/readable", "failure"),
        ],
        plant: || {
            let nobody = format!("postgres://seinhuis@127.0.0.1:{}/seinhuis", free_port().unwrap());
            Some((look(&on(&well().database().unwrap())), look(&on(&nobody))))
        },
    },
    Fault { what: "fsync off", turns: &[("postgres/fsync", "failure")], plant: || started_with("fsync=off") },
    Fault {
        what: "full_page_writes off",
        turns: &[("postgres/full-page-writes", "failure")],
        plant: || started_with("full_page_writes=off"),
    },
    Fault {
        what: "a database in which commits don't wait",
        turns: &[("postgres/synchronous-commit", "warning")],
        plant: || set_for_database("synchronous_commit = off"),
    },
    Fault {
        what: "a role whose commits don't wait",
        turns: &[("postgres/synchronous-commit", "warning")],
        plant: || {
            let server = Postgres::start_private(&[]).unwrap();
            let hub = on(&server.database().unwrap());
            let before = look(&hub);
            server.psql("postgres", "ALTER ROLE seinhuis SET synchronous_commit = local").unwrap();
            Some((before, look(&hub)))
        },
    },
    Fault {
        what: "a server that has become a standby",
        turns: &[("postgres/standby", "failure")],
        plant: || {
            let mut server = Postgres::start_private(&[]).unwrap();
            let hub = on(&server.database().unwrap());
            let before = look(&hub);
            let data = server.psql("postgres", "SHOW data_directory").unwrap();
            server.psql("postgres", "CHECKPOINT").unwrap();
            server.shut_down_immediately().unwrap();
            std::fs::write(format!("{data}/standby.signal"), "").unwrap();
            server.restart().unwrap();
            Some((before, look(&hub)))
        },
    },
    Fault {
        what: "commits that wait for a standby that isn't there",
        turns: &[("postgres/synchronous-standbys", "failure")],
        plant: || {
            let server = Postgres::start_private(&[]).unwrap();
            let hub = on(&server.database().unwrap());
            let before = look(&hub);
            server.psql("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'gone'").unwrap();
            server.psql("postgres", "SELECT pg_reload_conf()").unwrap();
            crate::well::until(
                || server.psql("postgres", "SHOW synchronous_standby_names").unwrap(),
                |named| named == "gone",
            );
            Some((before, look(&hub)))
        },
    },
    Fault {
        what: "a pooler in transaction mode that isn't named",
        turns: &[("postgres/pooler", "failure")],
        plant: || {
            let server = Postgres::start_private(&[]).unwrap();
            let database = server.database().unwrap();
            let pooler = PgBouncer::start(&server, 3).unwrap();
            let by_way_of_it = pooler.address(&database);
            let said = format!("{by_way_of_it}?pooler=transaction");
            Some((look(&on(&said)), look(&on(&by_way_of_it))))
        },
    },
    Fault {
        what: "a pooler that is named and isn't there",
        turns: &[("postgres/pooler", "advice")],
        plant: || {
            let database = well().database().unwrap();
            Some((look(&on(&database)), look(&on(&format!("{database}?pooler=transaction")))))
        },
    },
    Fault {
        what: "a server whose clock is an hour ahead",
        turns: &[("postgres/clock", "failure")],
        plant: || {
            let server = Postgres::start_private(&[]).unwrap();
            let database = server.database().unwrap();
            let hub = on(&database);
            let before = look(&hub);
            let ahead = "CREATE SCHEMA ahead; CREATE FUNCTION ahead.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS \
                         $$ SELECT pg_catalog.clock_timestamp() + interval '1 hour' $$; \
                         ALTER ROLE seinhuis SET search_path = ahead, pg_catalog";
            server.psql(database.rsplit('/').next().unwrap(), ahead).unwrap();
            Some((before, look(&hub)))
        },
    },
    Fault {
        what: "a server that archives nothing",
        turns: &[("postgres/archive", "advice")],
        plant: || {
            let archives = Postgres::start_private(&["archive_mode=on", "archive_command=true"]).unwrap();
            let before = look(&on(&archives.database().unwrap()));
            Some((before, look(&on(&well().database().unwrap()))))
        },
    },
];

/// A server as it comes, for all that change nothing of it.
pub(crate) fn well() -> &'static Postgres {
    static WELL: OnceLock<Postgres> = OnceLock::new();
    WELL.get_or_init(|| Postgres::start_private(&[]).unwrap())
}

/// A hub with all it keeps in that database.
pub(crate) fn on(database: &str) -> Hub {
    apart(Hub::new(PROFILE).unwrap())
        .with("SEINHUIS_DATA__LOG_URL", database)
        .with("SEINHUIS_DATA__VIEWS_URL", database)
        .with("SEINHUIS_KEYS__URL", database)
}

/// A hub on a server as it comes, and on one that was started with this.
pub(crate) fn started_with(setting: &str) -> Looks {
    let other = Postgres::start_private(&[setting]).unwrap();
    let before = look(&on(&well().database().unwrap()));
    Some((before, look(&on(&other.database().unwrap()))))
}

/// A hub before and after this was set for its database.
pub(crate) fn set_for_database(setting: &str) -> Looks {
    let database = well().database().unwrap();
    let hub = on(&database);
    let before = look(&hub);
    let name = database.rsplit('/').next().unwrap();
    well().psql("postgres", &format!("ALTER DATABASE {name} SET {setting}")).unwrap();
    Some((before, look(&hub)))
}

#[test]
fn faults_of_databases() {
    each_turns(FAULTS);
}
