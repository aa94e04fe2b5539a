//! What a benchmark may be told of the database it runs in, and of how much there is to be of something.

use std::str::FromStr;

/// A database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Databases of a private server.
    Postgres,
    /// Files.
    Sqlite,
}

impl Backend {
    /// The one that was chosen, or both in turn.
    pub fn chosen(one: Option<Self>) -> Vec<Self> {
        one.map_or(vec![Self::Sqlite, Self::Postgres], |one| vec![one])
    }
}

impl FromStr for Backend {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "postgres" => Ok(Self::Postgres),
            "sqlite" => Ok(Self::Sqlite),
            _ => Err(format!("{text:?} is neither postgres nor sqlite")),
        }
    }
}

/// Reads a number such as `200k` or `10M`.
pub fn many(text: &str) -> Result<u64, String> {
    let (digits, times) = match text.as_bytes().last() {
        Some(b'k') => (&text[..text.len() - 1], 1_000),
        Some(b'M') => (&text[..text.len() - 1], 1_000_000),
        _ => (text, 1),
    };
    let count: u64 = digits.parse().map_err(|_| format!("{text:?} is no number such as 200k or 10M"))?;
    Ok(count * times)
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn thousands_and_millions_have_a_letter() {
        assert_eq!((many("7"), many("200k"), many("10M")), (Ok(7), Ok(200_000), Ok(10_000_000)));
        assert!(many("k").is_err() && many("").is_err() && many("1G").is_err());
    }

    #[test]
    fn without_a_choice_both_take_their_turn() {
        assert_eq!(Backend::chosen("postgres".parse().ok()), [Backend::Postgres]);
        assert_eq!(Backend::chosen(None), [Backend::Sqlite, Backend::Postgres]);
        assert!("mysql".parse::<Backend>().is_err());
    }
}
