//! A row in one value. The driver copies every value of a row by itself, which for thirteen of them costs more than to read
//! and hash the row.

use crate::backend::stored::Stored;

/// Whether the numbers are numbers; three of them; the lengths of the other columns, nothing for an absent one; their bytes.
/// `concat` takes bytes as they are, also those that are no text.
pub(super) const SELECT: &str = "SELECT position, CAST(concat(\
    typeof(version) = 'integer' AND typeof(schema) = 'integer' AND typeof(recorded_at) = 'integer', ',', \
    version, ',', schema, ',', recorded_at, ',', \
    octet_length(stream), ',', octet_length(type), ',', octet_length(area), ',', octet_length(actor), ',', \
    octet_length(trace), ',', octet_length(payload), ',', octet_length(sealed_keys), ',', octet_length(sealed), ',', \
    octet_length(leaf), ',', stream, type, area, actor, trace, payload, sealed_keys, sealed, leaf) AS BLOB) \
    FROM event NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position LIMIT ?";

/// The columns in a value of [`SELECT`], or `None` when one isn't of its type. The position stands beside it.
pub(super) fn unpack(packed: &[u8]) -> Option<Stored<'_>> {
    let mut rest = packed.strip_prefix(b"1,")?;
    let mut numbers = [None; 12];
    for number in &mut numbers {
        let end = rest.iter().position(|byte| *byte == b',')?;
        *number =
            if end == 0 { None } else { Some(std::str::from_utf8(&rest[..end]).ok()?.parse::<i64>().ok()?) };
        rest = &rest[end + 1..];
    }
    let [version, schema, recorded_at, lengths @ ..] = numbers;
    let mut columns = [None; 9];
    for (column, length) in columns.iter_mut().zip(lengths) {
        let Some(length) = length else { continue };
        let (bytes, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        (*column, rest) = (Some(bytes), after);
    }
    let [stream, name, area, actor, trace, payload, sealed_keys, sealed, leaf] = columns;
    Some(Stored {
        position: 0,
        stream: stream?,
        version: version?,
        name: name?,
        schema: schema?,
        recorded_at: recorded_at?,
        area,
        actor: actor?,
        trace,
        payload: payload?,
        sealed_keys,
        sealed,
        leaf: leaf?,
    })
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_row_in_one_value_comes_apart_again() {
        let row = unpack(b"1,7,1,-5,3,1,,2,0,4,,,2,s,1ta,{\x00\xff}LL").unwrap();
        assert_eq!((row.version, row.schema, row.recorded_at), (7, 1, -5));
        assert_eq!((row.stream, row.name, row.actor), (&b"s,1"[..], &b"t"[..], &b"a,"[..]));
        assert_eq!((row.area, row.trace, row.payload), (None, Some(&b""[..]), &b"{\x00\xff}"[..]));
        assert_eq!((row.sealed_keys, row.sealed, row.leaf), (None, None, &b"LL"[..]));
    }

    #[test]
    fn a_value_that_is_no_such_row_is_none() {
        for broken in [
            "",
            "0,7,1,-5,3,1,,2,0,4,,,2,s,1ta,{}{}LL",
            "1,7",
            "1,7,1,-5,99,1,,2,0,4,,,2,s",
            "1,x,1,1,0,0,,0,,0,,,0,",
        ] {
            assert!(unpack(broken.as_bytes()).is_none(), "{broken}");
        }
    }
}
