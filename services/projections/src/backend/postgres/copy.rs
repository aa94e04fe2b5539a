//! Rows in the binary form of COPY, <https://www.postgresql.org/docs/15/sql-copy.html>: by far the shortest way into an empty
//! table.

use crate::backend::Packed;
use crate::cell::Cell;

/// Signature, flags, and the length of a header extension that isn't there.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// After the last row.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
/// Bytes after which a chunk is sent.
const CHUNK: usize = 1 << 20;

/// The rows, with `columns` values each, as what is to be sent, a chunk at a time.
pub(super) fn chunks(columns: usize, rows: &[Packed]) -> impl Iterator<Item = Vec<u8>> {
    let mut rows = rows.iter();
    let mut ended = false;
    std::iter::successors(Some(HEADER.to_vec()), move |_| {
        if ended {
            return None;
        }
        let mut chunk = Vec::with_capacity(CHUNK + CHUNK / 8);
        while chunk.len() < CHUNK {
            match rows.next() {
                Some(row) => add(&mut chunk, columns, row),
                None => {
                    ended = true;
                    chunk.extend(TRAILER);
                    break;
                }
            }
        }
        Some(chunk)
    })
}

/// The number of values, and of each its length and bytes; -1 for none.
fn add(chunk: &mut Vec<u8>, columns: usize, row: &Packed) {
    chunk.extend((columns as i16).to_be_bytes());
    for cell in row.cells() {
        match &cell {
            Cell::Null => chunk.extend((-1_i32).to_be_bytes()),
            Cell::Int(value) => counted(chunk, &value.to_be_bytes()),
            Cell::Text(text) => counted(chunk, text.as_bytes()),
            Cell::Blob(bytes) => counted(chunk, bytes),
        }
    }
}

fn counted(chunk: &mut Vec<u8>, bytes: &[u8]) {
    // A value longer than this would have been refused by the log long ago.
    chunk.extend((bytes.len() as i32).to_be_bytes());
    chunk.extend_from_slice(bytes);
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::cell::cells;

    #[test]
    fn a_row_is_counted_values_between_header_and_trailer() {
        let row: Vec<Cell> = cells!["ij", 258_i64, None::<i64>];
        let rows = vec![Packed::of(&row)];
        let sent: Vec<u8> = chunks(3, &rows).flatten().collect();
        let row = [0, 3, 0, 0, 0, 2, b'i', b'j', 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 2, 255, 255, 255, 255];
        assert_eq!(sent, [HEADER, &row, &[255, 255]].concat());
        assert_eq!(HEADER.len(), 19);
    }

    #[test]
    fn much_is_cut_into_chunks_that_hold_whole_rows() {
        let row = |n: i64| -> Vec<Cell> { cells![n, "x".repeat(1_000)] };
        let rows: Vec<Packed> = (0..5_000).map(|n| Packed::of(&row(n))).collect();
        let chunks: Vec<Vec<u8>> = chunks(2, &rows).collect();
        assert!(chunks.len() > 4 && chunks.iter().all(|chunk| chunk.len() < CHUNK + 2_000));
        let bytes: usize = chunks.iter().map(Vec::len).sum();
        assert_eq!(bytes, HEADER.len() + TRAILER.len() + 5_000 * (2 + 4 + 8 + 4 + 1_000));
    }
}
