//! The canonical form of an event: eleven fields, each with its length before it.

/// Stands for the length of a field that isn't there.
const ABSENT: u64 = u64::MAX;

/// What breaks the canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misshapen {
    /// The first byte isn't the version of the form.
    #[error("it doesn't begin with 0x01, the version of the form")]
    Encoding,
    /// The bytes end inside a field.
    #[error("the bytes end before {0} does")]
    Short(&'static str),
    /// A field that must be there isn't.
    #[error("{0} is absent")]
    Absent(&'static str),
    /// A field of fixed length has another.
    #[error("{0} has another length than its own")]
    Length(&'static str),
    /// A text isn't UTF-8.
    #[error("{0} isn't UTF-8")]
    Text(&'static str),
    /// A version below 1, or one that doesn't fit the log's column.
    #[error("the version is out of range")]
    Version,
    /// Envelope and key ids are there together or not at all.
    #[error("an envelope without key ids, or key ids without an envelope")]
    Sealed,
    /// Bytes follow the last field.
    #[error("bytes follow the last field")]
    Trailing,
}

/// What the verifier needs of an event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Event<'b> {
    pub(crate) stream: &'b [u8],
    pub(crate) version: u64,
}

/// Reads all fields strictly: one event has one canonical form.
pub(crate) fn decode(bytes: &[u8]) -> Result<Event<'_>, Misshapen> {
    let Some((0x01, rest)) = bytes.split_first() else { return Err(Misshapen::Encoding) };
    let mut fields = Fields { rest };
    let stream = fields.text("stream")?;
    let version = i64::from_be_bytes(fields.fixed("version")?);
    fields.text("type")?;
    fields.fixed::<4>("schema")?;
    fields.fixed::<8>("recorded_at")?;
    fields.optional_text("area")?;
    fields.text("actor")?;
    fields.optional_text("trace")?;
    fields.required("payload")?;
    let keys = fields.next("sealed_keys")?;
    let sealed = fields.next("sealed")?;
    if keys.is_some() != sealed.is_some() {
        return Err(Misshapen::Sealed);
    }
    if keys.is_some_and(|keys| keys.len() % 16 != 0) {
        return Err(Misshapen::Length("sealed_keys"));
    }
    if !fields.rest.is_empty() {
        return Err(Misshapen::Trailing);
    }
    let version = u64::try_from(version).ok().filter(|version| *version > 0).ok_or(Misshapen::Version)?;
    Ok(Event { stream, version })
}

struct Fields<'b> {
    rest: &'b [u8],
}

impl<'b> Fields<'b> {
    fn next(&mut self, name: &'static str) -> Result<Option<&'b [u8]>, Misshapen> {
        let (length, rest) = self.rest.split_first_chunk().ok_or(Misshapen::Short(name))?;
        self.rest = rest;
        let length = u64::from_be_bytes(*length);
        if length == ABSENT {
            return Ok(None);
        }
        let length = usize::try_from(length).map_err(|_| Misshapen::Short(name))?;
        let (field, rest) = self.rest.split_at_checked(length).ok_or(Misshapen::Short(name))?;
        self.rest = rest;
        Ok(Some(field))
    }

    fn required(&mut self, name: &'static str) -> Result<&'b [u8], Misshapen> {
        self.next(name)?.ok_or(Misshapen::Absent(name))
    }

    fn fixed<const N: usize>(&mut self, name: &'static str) -> Result<[u8; N], Misshapen> {
        self.required(name)?.try_into().map_err(|_| Misshapen::Length(name))
    }

    fn text(&mut self, name: &'static str) -> Result<&'b [u8], Misshapen> {
        self.optional_text(name)?.ok_or(Misshapen::Absent(name))
    }

    fn optional_text(&mut self, name: &'static str) -> Result<Option<&'b [u8]>, Misshapen> {
        let field = self.next(name)?;
        match field.map(std::str::from_utf8) {
            Some(Err(_)) => Err(Misshapen::Text(name)),
            _ => Ok(field),
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    type Row<'a> = [Option<&'a [u8]>; 11];

    const VERSION: usize = 1;

    fn row() -> Row<'static> {
        [
            Some(b"signal-7"),
            Some(&[0, 0, 0, 0, 0, 0, 0, 3]),
            Some(b"signal.reported"),
            Some(&[0, 0, 0, 1]),
            Some(&[0xff; 8]),
            None,
            Some(b"partner:wonion"),
            None,
            Some(b"{}"),
            Some(&[7; 32]),
            Some(&[1, 2, 3]),
        ]
    }

    fn encoded(row: &Row<'_>) -> Vec<u8> {
        let mut bytes = vec![0x01];
        for field in row {
            let length = field.map_or(u64::MAX, |field| field.len() as u64);
            bytes.extend(length.to_be_bytes());
            bytes.extend(field.unwrap_or_default());
        }
        bytes
    }

    fn with(field: usize, value: Option<&'static [u8]>) -> Result<u64, Misshapen> {
        let mut row = row();
        row[field] = value;
        decode(&encoded(&row)).map(|event| event.version)
    }

    #[test]
    fn an_event_in_canonical_form_is_read() {
        let bytes = encoded(&row());
        assert_eq!(decode(&bytes), Ok(Event { stream: b"signal-7", version: 3 }));
    }

    #[test]
    fn only_area_trace_and_the_two_of_the_envelope_may_be_absent() {
        let names = ["stream", "version", "type", "schema", "recorded_at", "", "actor", "", "payload"];
        for (field, name) in names.iter().enumerate() {
            let expected = if name.is_empty() { Ok(3) } else { Err(Misshapen::Absent(name)) };
            assert_eq!(with(field, None), expected, "field {field}");
        }
        let mut bare = row();
        (bare[9], bare[10]) = (None, None);
        assert!(decode(&encoded(&bare)).is_ok());
        assert_eq!(with(9, None), Err(Misshapen::Sealed));
        assert_eq!(with(10, None), Err(Misshapen::Sealed));
    }

    #[test]
    fn a_field_that_is_not_what_it_must_be_is_named() {
        assert_eq!(with(0, Some(&[0xff])), Err(Misshapen::Text("stream")));
        assert_eq!(with(5, Some(&[0xff])), Err(Misshapen::Text("area")));
        assert_eq!(with(3, Some(&[0; 8])), Err(Misshapen::Length("schema")));
        assert_eq!(with(9, Some(&[0; 17])), Err(Misshapen::Length("sealed_keys")));
        assert_eq!(with(VERSION, Some(&[0; 8])), Err(Misshapen::Version));
        assert_eq!(with(VERSION, Some(&[0xff; 8])), Err(Misshapen::Version));
    }

    #[test]
    fn bytes_cut_off_anywhere_or_followed_by_more_are_refused() {
        let mut bytes = encoded(&row());
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end]).is_err(), "cut at {end}");
        }
        bytes.push(0);
        assert_eq!(decode(&bytes), Err(Misshapen::Trailing));
        bytes[0] = 2;
        assert_eq!(decode(&bytes), Err(Misshapen::Encoding));
    }
}
