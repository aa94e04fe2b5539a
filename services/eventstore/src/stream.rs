//! The name of a stream: everything that happened to one aggregate.

use std::fmt;
use std::sync::Arc;

/// The longest name of a stream, in bytes.
const LONGEST: usize = 200;

/// `<aggregate type>-<id>`, as in `signal-6f1c…`. The type holds no `-`; the id may. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    text: Arc<str>,
    dash: usize,
}

/// Text that names no stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no stream: <type>-<id>, the type of a-z, 0-9 and _, at most {LONGEST} bytes")]
pub struct InvalidStream(pub String);

impl StreamId {
    /// The stream of the aggregate `id` of type `kind`.
    ///
    /// # Panics
    /// When `kind` isn't made of `a-z`, `0-9` and `_`, or `id` is empty or too long: both are the program's own words.
    pub fn new(kind: &str, id: &str) -> Self {
        let text = format!("{kind}-{id}");
        let made = Self::parse(&text);
        assert!(
            made.as_ref().is_ok_and(|stream| stream.dash == kind.len()),
            "an aggregate's type and id make a stream's name, {text:?} does not"
        );
        Self { text: text.into(), dash: kind.len() }
    }

    /// Reads a stream's name.
    pub fn parse(text: &str) -> Result<Self, InvalidStream> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        match text.find('-') {
            Some(dash)
                if dash > 0
                    && dash + 1 < text.len()
                    && text.len() <= LONGEST
                    && text.as_bytes()[..dash].iter().all(|b| plain(*b)) =>
            {
                Ok(Self { text: text.into(), dash })
            }
            _ => Err(InvalidStream(text.to_owned())),
        }
    }

    /// The aggregate type.
    pub fn kind(&self) -> &str {
        &self.text[..self.dash]
    }

    /// The aggregate's id.
    pub fn id(&self) -> &str {
        &self.text[self.dash + 1..]
    }

    /// The whole name, as stored.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn an_id_may_hold_dashes_and_a_type_may_not() {
        let stream = StreamId::new("signal", "6f1c-88");
        assert_eq!((stream.kind(), stream.id(), stream.as_str()), ("signal", "6f1c-88", "signal-6f1c-88"));
        assert_eq!(StreamId::parse("signal-6f1c-88"), Ok(stream));
    }

    #[test]
    fn text_without_type_or_id_names_no_stream() {
        for bad in ["", "-", "signal", "signal-", "-7", "Signal-7", "a b-7"] {
            assert_eq!(StreamId::parse(bad), Err(InvalidStream(bad.to_owned())));
        }
        assert!(StreamId::parse(&format!("signal-{}", "7".repeat(LONGEST))).is_err());
    }

    #[test]
    #[should_panic(expected = "make a stream's name")]
    fn a_type_with_a_dash_is_a_bug() {
        StreamId::new("open-case", "7");
    }
}
