//! What kind of trouble a database is in, as far as somebody can act on it.

use std::fmt;

/// Told beside a [`super::Fault::Unavailable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// There is no room left on its disk. It goes on once there is.
    Full,
    /// Somebody else holds what it needs, for longer than we are patient.
    Locked,
    /// It takes no writes: a standby, or a file or folder without the rights.
    ReadOnly,
    /// It isn't there, doesn't answer, or the connection broke.
    OutOfReach,
    /// What it stores is damaged.
    Damaged,
    /// Something else; the source says what.
    Other,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => ": its disk is full",
            Self::Locked => ": somebody else holds the lock",
            Self::ReadOnly => ": it takes no writes",
            Self::OutOfReach => ": it is out of reach",
            Self::Damaged => ": what it stores is damaged",
            Self::Other => "",
        })
    }
}

impl Trouble {
    /// What kind of trouble the database that said `error` is in.
    pub fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            // A connection that ends while it is made is told as an answer that makes no sense.
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::WorkerCrashed => Self::OutOfReach,
            sqlx::Error::Database(told) => told.code().map_or(Self::Other, |code| Self::of_code(&code)),
            _ => Self::Other,
        }
    }

    /// The same by what the database calls it. SQLite's result codes are numbers, with extended ones above the lowest
    /// byte; PostgreSQL's are five characters (SQLSTATE, appendix A of its manual).
    pub fn of_code(code: &str) -> Self {
        if code.len() == 5 {
            return match code {
                "53100" => Self::Full,
                "55P03" | "57014" | "40001" | "40P01" => Self::Locked,
                "25006" => Self::ReadOnly,
                "XX001" | "XX002" => Self::Damaged,
                // A transaction that lay idle for too long: the server has ended its connection.
                "25P03" => Self::OutOfReach,
                _ if ["08", "57P"].iter().any(|class| code.starts_with(class)) => Self::OutOfReach,
                "53300" => Self::OutOfReach,
                _ => Self::Other,
            };
        }
        match code.parse::<i32>().map(|code| code & 0xFF) {
            Ok(5 | 6) => Self::Locked,
            Ok(8) => Self::ReadOnly,
            Ok(11 | 26) => Self::Damaged,
            Ok(13) => Self::Full,
            Ok(10 | 14) => Self::OutOfReach,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_connection_that_ends_while_it_is_made_is_out_of_reach() {
        let said = "unexpected response from SSLRequest: 0x00".to_owned();
        assert_eq!(Trouble::of(&sqlx::Error::Protocol(said)), Trouble::OutOfReach);
    }

    #[test]
    fn codes_of_both_databases_say_what_kind_of_trouble_it_is() {
        let told = [("53100", Trouble::Full), ("55P03", Trouble::Locked), ("57P01", Trouble::OutOfReach)];
        let told = told.into_iter().chain([("25P03", Trouble::OutOfReach)]);
        let told = told.chain([("13", Trouble::Full), ("5", Trouble::Locked), ("261", Trouble::Locked)]);
        let told =
            told.chain([("1032", Trouble::ReadOnly), ("25006", Trouble::ReadOnly), ("11", Trouble::Damaged)]);
        for (code, trouble) in
            told.chain([("23505", Trouble::Other), ("19", Trouble::Other), ("", Trouble::Other)])
        {
            assert_eq!(Trouble::of_code(code), trouble, "{code}");
        }
    }
}
