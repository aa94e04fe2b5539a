//! Where read models are for the length of a test: in files, in databases of a server, or in such behind a pooler.

use std::sync::Arc;

use seinhuis_testkit::{PgBouncer, Postgres};

/// Makes tests of the functions named, one on each backend. A function that isn't named is dead code, and doesn't pass
/// the gate.
macro_rules! on_each_backend {
    ($($test:ident)+) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::scene::Scene::new().await).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $test() {
                let place = $crate::scene::Place::database();
                super::$test($crate::scene::Scene::at(&place).await).await;
            })+
        }
    };
}
pub(crate) use on_each_backend;

/// Where read models are.
#[derive(Clone)]
pub(crate) enum Place {
    Files,
    /// Each name is a database of its own.
    Server(Arc<Server>),
}

pub(crate) struct Server {
    pooler: Option<PgBouncer>,
    // Last, so that it outlives the pooler.
    pub(crate) postgres: Postgres,
}

impl Place {
    pub(crate) fn database() -> Self {
        Self::Server(Arc::new(Server { pooler: None, postgres: Postgres::start().unwrap() }))
    }

    /// With pgbouncer in transaction mode in between: nothing of a session outlives a transaction.
    pub(crate) fn pooled() -> Self {
        let postgres = Postgres::start_private(&[]).unwrap();
        let pooler = Some(PgBouncer::start(&postgres, 4).unwrap());
        Self::Server(Arc::new(Server { pooler, postgres }))
    }
}

impl Server {
    pub(super) fn url(&self, database: &str) -> String {
        match &self.pooler {
            Some(pooler) => format!("{}?pooler=transaction", pooler.address(database)),
            None => database.to_owned(),
        }
    }

    /// What psql prints of statements in a database.
    pub(super) fn psql(&self, database: &str, statements: &str) -> String {
        let name = database.rsplit('/').next().unwrap();
        self.postgres.psql(name, &format!("SET search_path = seinhuis_views; {statements}")).unwrap()
    }
}
