//! How a value is read where its type alone does not say: `""` for absent, lengths of time, and texts that parse.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use serde::de::{Deserialize, Deserializer, Error};

/// A text that is parsed.
pub(super) fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(from: D) -> Result<T, D::Error> {
    parse(&String::deserialize(from)?)
}

/// A text that is parsed, or nothing where it is empty.
pub(super) fn optional<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() { Ok(None) } else { parse(&text).map(Some) }
}

fn parse<T: FromStr<Err: Display>, E: Error>(text: &str) -> Result<T, E> {
    text.parse().map_err(|error| E::custom(format!("{text:?}: {error}")))
}

/// A length of time above zero: `500ms`, `30s`, `5m`, `2h`.
pub(super) fn span<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    let read = text.parse::<SignedDuration>().ok().and_then(|span| Duration::try_from(span).ok());
    read.filter(|span| !span.is_zero())
        .ok_or_else(|| D::Error::custom(format!("{text:?} is no length of time: 500ms, 30s, 5m or 2h")))
}
