//! Every bit of a small export, turned over.

use seinhuis_verifier::{Unreadable, verify};

use crate::writer::{Author, HEADER_LENGTH, export, five};

/// Where each record begins, and the first and last position that a change in it may concern.
fn records(export: &[u8]) -> Vec<(usize, u64, u64)> {
    let (mut at, mut events, mut records) = (HEADER_LENGTH, 0, Vec::new());
    while at < export.len() {
        let length = u32::from_be_bytes(export[at + 1..at + 5].try_into().unwrap()) as usize;
        events += u64::from(export[at] == b'E');
        // A kind that is no kind, or a length without its bytes, is only found where the next record would be.
        records.push((at, events, events + 1));
        at += 5 + length;
    }
    records
}

#[test]
fn every_bit_of_an_export_turned_over_is_found_and_located() {
    let author = Author::numbered(1);
    let good = export(&five(), &author);
    assert!(verify(good.as_slice(), &author.key(), &[]).unwrap().is_sound());
    let records = records(&good);
    assert_eq!(records.len(), 5 + 2 + 1);
    let mut found = 0;
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            let verdict = match verify(bad.as_slice(), &author.key(), &[]) {
                Err(Unreadable::NotAnExport) => {
                    assert!(at < HEADER_LENGTH, "byte {at}, bit {bit}");
                    found += 1;
                    continue;
                }
                Err(other) => panic!("byte {at}, bit {bit}: {other}"),
                Ok(verdict) => verdict,
            };
            let (_, from, to) = *records.iter().rfind(|(begins, ..)| *begins <= at).unwrap();
            let first =
                verdict.findings.first().unwrap_or_else(|| panic!("byte {at}, bit {bit} isn't found"));
            assert!(first.from <= to && first.to >= from, "byte {at}, bit {bit} in {from}..={to}: {first}");
            found += 1;
        }
    }
    assert_eq!(found, good.len() * 8);
    println!("{found} bits turned over, {found} found and located");
}

#[test]
fn an_export_cut_off_at_any_byte_is_found() {
    let author = Author::numbered(1);
    let good = export(&five(), &author);
    for end in 0..good.len() {
        match verify(&good[..end], &author.key(), &[]) {
            Err(Unreadable::NotAnExport) => assert!(end < HEADER_LENGTH, "cut at {end}"),
            Err(other) => panic!("cut at {end}: {other}"),
            Ok(verdict) => assert!(!verdict.is_sound(), "cut at {end}"),
        }
    }
}
