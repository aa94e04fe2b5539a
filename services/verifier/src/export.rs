//! The frame of an export: a header line, and then records of a kind, a length and a body.

use std::io::{BufRead, ErrorKind, Read};

/// The first line of every export.
pub const HEADER: &[u8] = b"seinhuis-log-export v1\n";

/// The largest record that is read; the hub's events are far below.
const MOST: usize = 64 << 20;

/// Room is made in such steps, so that a length alone takes no memory.
const STEP: usize = 1 << 20;

/// One record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Record<'b> {
    /// An event: its leaf hash, and the bytes that was taken over.
    Event { leaf: [u8; 32], canonical: &'b [u8] },
    /// A signed checkpoint.
    Checkpoint(&'b [u8]),
    /// The end: how many events there were.
    End(u64),
}

/// Why an export can't be read on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The file ends inside a record.
    #[error("a record is cut short")]
    Short,
    /// There is no such kind of record.
    #[error("there is no record of kind {0:#04x}")]
    Kind(u8),
    /// The record is too short or too long for its kind.
    #[error("a record of kind {kind} has {length} bytes")]
    Length {
        /// `E`, `C` or `Z`.
        kind: char,
        /// What the record says.
        length: u32,
    },
    /// Something follows the end record.
    #[error("something follows the end record")]
    Trailing,
    /// The file itself can't be read.
    #[error("the file can't be read ({0})")]
    File(ErrorKind),
}

/// An export, record by record.
pub(crate) struct Export<R> {
    source: R,
    body: Vec<u8>,
}

impl<R: BufRead> Export<R> {
    /// Reads the header. `None` when it is another.
    pub(crate) fn open(mut source: R) -> Result<Option<Self>, std::io::Error> {
        let mut header = Vec::with_capacity(HEADER.len());
        source.by_ref().take(HEADER.len() as u64).read_to_end(&mut header)?;
        Ok((header == HEADER).then(|| Self { source, body: Vec::new() }))
    }

    /// The next record; `None` at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<Record<'_>>, Broken> {
        if self.at_end()? {
            return Ok(None);
        }
        let mut head = [0; 5];
        self.source.read_exact(&mut head).map_err(broken)?;
        let [kind, length @ ..] = head;
        let length = u32::from_be_bytes(length);
        let fits = match kind {
            b'E' => (32..=MOST as u32).contains(&length),
            b'C' => (1..=MOST as u32).contains(&length),
            b'Z' => length == 8,
            _ => return Err(Broken::Kind(kind)),
        };
        if !fits {
            return Err(Broken::Length { kind: char::from(kind), length });
        }
        let body = self.take(length as usize)?;
        Ok(Some(match (kind, body.split_first_chunk(), body.first_chunk()) {
            (b'E', Some((leaf, canonical)), _) => Record::Event { leaf: *leaf, canonical },
            (b'Z', _, Some(count)) => Record::End(u64::from_be_bytes(*count)),
            _ => Record::Checkpoint(body),
        }))
    }

    /// Whether the file has no more bytes.
    pub(crate) fn at_end(&mut self) -> Result<bool, Broken> {
        loop {
            match self.source.fill_buf() {
                Ok(rest) => return Ok(rest.is_empty()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Broken::File(error.kind())),
            }
        }
    }

    fn take(&mut self, length: usize) -> Result<&[u8], Broken> {
        let mut filled = 0;
        while filled < length {
            let end = length.min(filled + STEP);
            if self.body.len() < end {
                self.body.resize(end, 0);
            }
            self.source.read_exact(&mut self.body[filled..end]).map_err(broken)?;
            filled = end;
        }
        Ok(&self.body[..length])
    }
}

fn broken(error: std::io::Error) -> Broken {
    match error.kind() {
        ErrorKind::UnexpectedEof => Broken::Short,
        other => Broken::File(other),
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn record(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind][..], &length, body].concat()
    }

    fn export(records: &[Vec<u8>]) -> Vec<u8> {
        [HEADER, &records.concat()].concat()
    }

    #[test]
    fn records_come_in_their_order() {
        let file =
            export(&[record(b'E', &[7; 40]), record(b'C', b"note"), record(b'Z', &[0, 0, 0, 0, 0, 0, 0, 1])]);
        let mut export = Export::open(file.as_slice()).unwrap().unwrap();
        assert_eq!(export.next(), Ok(Some(Record::Event { leaf: [7; 32], canonical: &[7; 8] })));
        assert_eq!(export.next(), Ok(Some(Record::Checkpoint(b"note"))));
        assert_eq!(export.next(), Ok(Some(Record::End(1))));
        assert_eq!(export.next(), Ok(None));
    }

    #[test]
    fn a_record_larger_than_one_step_is_read_whole() {
        let body: Vec<u8> = (0..3 * STEP + 7).map(|at| (at % 251) as u8).collect();
        let file = export(&[record(b'C', &body)]);
        let mut export = Export::open(file.as_slice()).unwrap().unwrap();
        assert_eq!(export.next(), Ok(Some(Record::Checkpoint(&body))));
    }

    #[test]
    fn a_length_without_its_bytes_takes_no_memory_for_them() {
        let mut file = export(&[]);
        file.extend([b'E', 0x03, 0xff, 0xff, 0xff, 1, 2, 3]);
        let mut export = Export::open(file.as_slice()).unwrap().unwrap();
        assert_eq!(export.next(), Err(Broken::Short));
        assert!(export.body.capacity() <= 2 * STEP);
    }

    #[test]
    fn what_is_no_record_is_named() {
        let cases = [
            (record(b'X', b""), Broken::Kind(b'X')),
            (record(b'E', &[0; 31]), Broken::Length { kind: 'E', length: 31 }),
            (record(b'C', b""), Broken::Length { kind: 'C', length: 0 }),
            (record(b'Z', &[0; 9]), Broken::Length { kind: 'Z', length: 9 }),
            (vec![b'E', 0xff, 0, 0, 0], Broken::Length { kind: 'E', length: 0xff00_0000 }),
            (vec![b'E', 0], Broken::Short),
            (record(b'C', b"note")[..8].to_vec(), Broken::Short),
        ];
        for (bytes, expected) in cases {
            let file = export(&[bytes]);
            assert_eq!(Export::open(file.as_slice()).unwrap().unwrap().next(), Err(expected));
        }
    }

    #[test]
    fn another_header_is_no_export() {
        for file in [&b""[..], b"seinhuis-log-export v1", b"seinhuis-log-export v2\n"] {
            assert!(Export::open(file).unwrap().is_none());
        }
    }
}
