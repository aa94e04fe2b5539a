//! A row in one piece of memory. A row of values each on its own takes several times as much.

use crate::cell::Cell;

const NULL: u8 = 0;
const INT: u8 = 1;
const TEXT: u8 = 2;
const BLOB: u8 = 3;

/// A row: of each value its kind, its length unless the kind says it, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packed(Box<[u8]>);

impl Packed {
    pub(crate) fn of(row: &[Cell]) -> Self {
        let size = |cell: &Cell| match cell {
            Cell::Null => 1,
            Cell::Int(_) => 9,
            Cell::Text(text) => 5 + text.len(),
            Cell::Blob(bytes) => 5 + bytes.len(),
        };
        let mut packed = Vec::with_capacity(row.iter().map(size).sum());
        for cell in row {
            match cell {
                Cell::Null => packed.push(NULL),
                Cell::Int(value) => {
                    packed.push(INT);
                    packed.extend(value.to_ne_bytes());
                }
                Cell::Text(text) => counted(&mut packed, TEXT, text.as_bytes()),
                Cell::Blob(bytes) => counted(&mut packed, BLOB, bytes),
            }
        }
        Self(packed.into_boxed_slice())
    }

    /// Its values, in order.
    pub(crate) fn cells(&self) -> impl Iterator<Item = Cell> {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || {
            let kind = take(&mut rest, 1).first().copied()?;
            Some(match kind {
                INT => Cell::Int(i64::from_ne_bytes(array(take(&mut rest, 8)))),
                TEXT => Cell::Text(String::from_utf8_lossy(bytes(&mut rest)).into_owned()),
                BLOB => Cell::Blob(bytes(&mut rest).to_vec()),
                _ => Cell::Null,
            })
        })
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.len()
    }
}

fn counted(packed: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    packed.push(kind);
    // An event, and so whatever is made of it, is far smaller than four gigabytes.
    packed.extend((bytes.len() as u32).to_ne_bytes());
    packed.extend_from_slice(bytes);
}

fn bytes<'r>(rest: &mut &'r [u8]) -> &'r [u8] {
    let length = u32::from_ne_bytes(array(take(rest, 4)));
    take(rest, length as usize)
}

fn take<'r>(rest: &mut &'r [u8], count: usize) -> &'r [u8] {
    let (taken, left) = rest.split_at(count.min(rest.len()));
    *rest = left;
    taken
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::cell::cells;

    #[test]
    fn a_row_comes_out_as_it_went_in() {
        let row = cells!["é\u{10ffff}", i64::MIN, vec![0_u8, 255], None::<i64>, "", Vec::<u8>::new(), 7_i64];
        let packed = Packed::of(&row);
        assert_eq!(packed.cells().collect::<Vec<_>>(), row);
        assert_eq!(packed.bytes(), 11 + 9 + 7 + 1 + 5 + 5 + 9);
    }
}
