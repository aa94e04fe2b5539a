//! Where a database is, and whether a pooler stands before it.

use std::str::FromStr;
use std::sync::Arc;

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use crate::fault::Fault;

/// The parameter of an address that says so. sqlx would warn of it.
const POOLER: &str = "pooler=transaction";

/// An address of PostgreSQL, for whatever is kept there. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Address {
    options: Arc<PgConnectOptions>,
    pooled: bool,
}

impl Address {
    /// Reads `postgres://user@host:port/database?parameters`; `None` when the address is of another kind. What is said
    /// of one that can't be read doesn't repeat it: there may be a password in it.
    pub fn parse(url: &str) -> Result<Option<Self>, Fault> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Ok(None);
        }
        let (plain, pooled) = without_pooler(url);
        let options = PgConnectOptions::from_str(&plain)
            .map_err(|_| Fault::Address { url: "a postgres:// address that can't be read".to_owned() })?;
        let options = options.application_name("seinhuis").disable_statement_logging();
        Ok(Some(Self { options: Arc::new(options), pooled }))
    }

    /// How to connect.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Whether nothing of a session outlives a transaction: statements are not kept prepared, and each runs in a
    /// transaction of its own.
    pub fn is_pooled(&self) -> bool {
        self.pooled
    }

    /// For the words of a fault: host and database, no more.
    pub(super) fn shown(&self) -> String {
        let database = self.options.get_database().unwrap_or_default();
        format!("postgres://{}:{}/{database}", self.options.get_host(), self.options.get_port())
    }
}

fn without_pooler(url: &str) -> (String, bool) {
    let Some((place, parameters)) = url.split_once('?') else { return (url.to_owned(), false) };
    let others: Vec<&str> = parameters.split('&').filter(|parameter| *parameter != POOLER).collect();
    let pooled = others.len() < parameters.split('&').count();
    let place = if others.is_empty() { place.to_owned() } else { format!("{place}?{}", others.join("&")) };
    (place, pooled)
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn an_address_says_whether_a_pooler_stands_before_the_database() {
        assert_eq!(without_pooler("postgres://a/b"), ("postgres://a/b".into(), false));
        assert_eq!(without_pooler("postgres://a/b?pooler=transaction"), ("postgres://a/b".into(), true));
        let several = "postgres://a/b?sslmode=require&pooler=transaction&options=x";
        assert_eq!(without_pooler(several), ("postgres://a/b?sslmode=require&options=x".into(), true));
    }

    #[test]
    fn what_is_said_of_an_address_holds_no_password() {
        let address = Address::parse("postgres://hub:secret@db:5433/seinhuis").unwrap().unwrap();
        assert_eq!(address.shown(), "postgres://db:5433/seinhuis");
        let broken = Address::parse("postgres://hub:secret@db:no-port/seinhuis").unwrap_err();
        assert!(!format!("{broken} {broken:?}").contains("secret"), "{broken:?}");
        assert!(Address::parse("sqlite:log").unwrap().is_none());
    }
}
