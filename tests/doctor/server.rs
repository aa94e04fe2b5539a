//! Servers: what stands in the hub's way.

use crate::postgres::{on, set_for_database, started_with, well};
use crate::ward::{Fault, each_turns, look};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        what: "a server with few sessions",
        turns: &[("postgres/sessions", "warning")],
        plant: || started_with("max_connections=12"),
    },
    Fault {
        what: "a database that ends long statements",
        turns: &[("postgres/statement-timeout", "warning")],
        plant: || set_for_database("statement_timeout = '30s'"),
    },
    Fault {
        what: "a database that soon ends who waits in a transaction",
        turns: &[("postgres/idle-timeout", "warning")],
        plant: || set_for_database("idle_in_transaction_session_timeout = '1s'"),
    },
    Fault {
        what: "tables that nobody tidies",
        turns: &[("postgres/autovacuum", "warning")],
        plant: || started_with("autovacuum=off"),
    },
    Fault {
        what: "a database that isn't in UTF-8",
        turns: &[("postgres/encoding", "failure")],
        plant: || {
            let before = on(&well().database().unwrap());
            let made = "CREATE DATABASE plain ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0";
            well().psql("postgres", made).unwrap();
            let address = format!("postgres://seinhuis@127.0.0.1:{}/plain", well().port().unwrap());
            Some((look(&before), look(&on(&address))))
        },
    },
    Fault {
        what: "a hub that is a superuser",
        turns: &[("postgres/role", "advice")],
        plant: || {
            let database = well().database().unwrap();
            let name = database.rsplit('/').next().unwrap();
            let own = format!("CREATE ROLE plain LOGIN; ALTER DATABASE {name} OWNER TO plain");
            well().psql("postgres", &own).unwrap();
            let plain = database.replace("//seinhuis@", "//plain@");
            Some((look(&on(&plain)), look(&on(&database))))
        },
    },
];

#[test]
fn faults_of_servers() {
    each_turns(FAULTS);
}
