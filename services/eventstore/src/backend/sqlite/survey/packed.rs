//! A page of rows in one value. The driver copies every value of every row by itself and hands rows over one by one, which
//! costs more than to read and hash them.

use crate::backend::raw::RawPage;
use crate::backend::stored::Stored;
use crate::event::Recorded;
use crate::verify::Step;

/// Of each row: its position, three numbers (nothing for what is no number), the lengths of the other columns (nothing for an
/// absent one), and their bytes. `concat` takes bytes as they are, also those that are no text.
pub(in crate::backend::sqlite) const SELECT: &str = "SELECT CAST(group_concat(concat(position, ',', \
    iif(typeof(version) = 'integer', version, ''), ',', iif(typeof(schema) = 'integer', schema, ''), ',', \
    iif(typeof(recorded_at) = 'integer', recorded_at, ''), ',', \
    octet_length(stream), ',', octet_length(type), ',', octet_length(area), ',', octet_length(actor), ',', \
    octet_length(trace), ',', octet_length(payload), ',', octet_length(sealed_keys), ',', octet_length(sealed), ',', \
    octet_length(leaf), ',', stream, type, area, actor, trace, payload, sealed_keys, sealed, leaf), '') AS BLOB) \
    FROM (SELECT * FROM event NOT INDEXED WHERE position > ? AND position <= ? ORDER BY position LIMIT ?)";

/// Of each row of the index of streams: position, version and the length of the stream's name, and the name.
pub(super) const STEPS: &str = "SELECT CAST(group_concat(concat(position, ',', \
    iif(typeof(version) = 'integer', version, ''), ',', octet_length(stream), ',', stream), '') AS BLOB) \
    FROM (SELECT position, stream, version FROM event INDEXED BY event_stream_version \
    WHERE (stream, version) > (CAST(? AS TEXT), ?) ORDER BY stream, version LIMIT ?)";

/// The rows in a value of [`STEPS`]; `None` when it is no such value.
pub(super) fn steps(mut packed: &[u8]) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    while !packed.is_empty() {
        let ([position, version, length], rest) = numbers(packed)?;
        let (stream, rest) = rest.split_at_checked(usize::try_from(length?).ok()?)?;
        steps.push(Step { position: position?, stream: stream.to_vec(), version: version? });
        packed = rest;
    }
    Some(steps)
}

/// The rows in a value of [`SELECT`]; `None` when it is no such value.
pub(super) fn unpack(packed: &[u8], rows: usize) -> Option<RawPage> {
    let mut page = RawPage::with_room(rows);
    each(packed, |position, row| {
        page.push(position, row.as_ref());
        Some(())
    })?;
    Some(page)
}

/// The events in a value of [`SELECT`]; `None` when one of them is none, or it is no such value.
pub(in crate::backend::sqlite) fn events(packed: &[u8]) -> Option<Vec<Recorded>> {
    let mut events = Vec::new();
    each(packed, |position, row| {
        events.push(Stored { position, ..row? }.recorded().ok()?);
        Some(())
    })?;
    Some(events)
}

/// Shows every row to `take`, which may have enough of it.
fn each<'p>(mut packed: &'p [u8], mut take: impl FnMut(i64, Option<Stored<'p>>) -> Option<()>) -> Option<()> {
    while !packed.is_empty() {
        let (numbers, rest) = numbers::<13>(packed)?;
        let [position, version, schema, recorded_at, lengths @ ..] = numbers;
        packed = rest;
        let mut columns = [None; 9];
        for (column, length) in columns.iter_mut().zip(lengths) {
            let Some(length) = length else { continue };
            let (bytes, after) = packed.split_at_checked(usize::try_from(length).ok()?)?;
            (*column, packed) = (Some(bytes), after);
        }
        take(position?, stored([version, schema, recorded_at], columns))?;
    }
    Some(())
}

fn numbers<const COUNT: usize>(mut packed: &[u8]) -> Option<([Option<i64>; COUNT], &[u8])> {
    let mut numbers = [None; COUNT];
    for number in &mut numbers {
        let end = packed.iter().position(|byte| *byte == b',')?;
        if end > 0 {
            *number = Some(std::str::from_utf8(&packed[..end]).ok()?.parse().ok()?);
        }
        packed = &packed[end + 1..];
    }
    Some((numbers, packed))
}

/// `None` when a column isn't of its type. The position stands beside it.
fn stored<'p>(numbers: [Option<i64>; 3], columns: [Option<&'p [u8]>; 9]) -> Option<Stored<'p>> {
    let [version, schema, recorded_at] = numbers;
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
    fn rows_in_one_value_come_apart_again() {
        let leaf = "L".repeat(32);
        let one = format!("9,7,1,-5,3,1,,2,0,4,,,32,s,1ta,{{\0,}}{leaf}");
        let broken = format!("10,,1,-5,3,1,,2,0,4,,,32,s,1ta,{{\0,}}{leaf}");
        let page = unpack(format!("{one}{broken}{one}").as_bytes(), 3).unwrap();
        let rows: Vec<_> = page.iter().collect();
        assert_eq!(rows.iter().map(|row| row.position).collect::<Vec<_>>(), [9, 10, 9]);
        assert_eq!((rows[1].canonical(), rows[1].hash(), rows[1].leaf), (None, None, None));
        let canonical = rows[2].canonical().unwrap();
        assert_eq!((rows[0].canonical(), rows[0].leaf), (Some(canonical), Some([b'L'; 32])));
        assert!(canonical.windows(4).any(|bytes| bytes == b"{\0,}"));
        assert_eq!(unpack(b"", 0).unwrap().len(), 0);
    }

    #[test]
    fn events_come_out_whole_or_not_at_all() {
        let leaf = "L".repeat(32);
        let one = format!("9,7,1,-5,5,1,,2,0,4,,,32,s-123tta{{\0,}}{leaf}");
        let event = &events(one.as_bytes()).unwrap()[0];
        assert_eq!((event.position.0, event.version, event.stream.as_str()), (9, 7, "s-123"));
        assert_eq!((event.name.as_str(), event.actor.as_str(), &*event.payload), ("t", "ta", &b"{\0,}"[..]));
        let broken = one.replace("s-123", "s_123");
        assert_eq!(events(format!("{one}{broken}").as_bytes()), None, "its stream has no proper name");
    }

    #[test]
    fn a_value_that_holds_no_rows_is_none() {
        for broken in
            ["x", "9,7", "9,7,1,-5,99,1,,2,0,4,,,2,s", "9,x,1,1,0,0,,0,,0,,,0,", ",1,1,1,0,0,,0,,0,,,0,"]
        {
            assert!(unpack(broken.as_bytes(), 1).is_none(), "{broken}");
        }
    }
}
