//! Due instants by the million: one line in, one line out.
//!
//! A line that is refused leaves a `-` where its answer would stand, so that output line N still answers input
//! line N; what is wrong with it goes to the errors.

use std::io::{self, BufRead, Read, Write};

use seinhuis_domain::calendar::{Calendar, Term, read_start, rendered};

/// No line that can be answered comes near this many bytes.
const LONGEST_LINE: u64 = 256;

/// How many lines were read, and how many of them refused.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) lines: u64,
    pub(super) refused: u64,
}

/// Answer each line of `input` on `out`, and tell on `errors` which were refused and why.
pub(super) fn answer(
    calendar: &Calendar,
    mut input: impl BufRead,
    out: &mut impl Write,
    errors: &mut impl Write,
) -> io::Result<Totals> {
    let (mut totals, mut line) = (Totals::default(), Vec::with_capacity(64));
    while let Some(whole) = next_line(&mut input, &mut line)? {
        totals.lines += 1;
        let due = if whole {
            due(calendar, &line)
        } else {
            Err(format!("fields FROM and TERM: longer than {LONGEST_LINE} bytes"))
        };
        match due {
            Ok(at) => writeln!(out, "{}", rendered(at))?,
            Err(why) => {
                totals.refused += 1;
                writeln!(out, "-")?;
                writeln!(errors, "error: line {}: {why}", totals.lines)?;
            }
        }
    }
    Ok(totals)
}

fn due(calendar: &Calendar, line: &[u8]) -> Result<jiff::Timestamp, String> {
    let line = std::str::from_utf8(line).map_err(|_| "fields FROM and TERM: not UTF-8".to_owned())?;
    let (from, term) = line.split_once('\t').ok_or("field TERM: missing; a line is FROM, a tab and TERM")?;
    let from = read_start(from).map_err(|error| format!("field FROM: {error}"))?;
    let term: Term = term.parse().map_err(|error| format!("field TERM: {error}"))?;
    calendar.due_at(from, term).map_err(|error| format!("fields FROM and TERM: {error}"))
}

/// Read the next line without its end; false when it was too long to be kept whole. None at the end of the input.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    line.clear();
    if input.by_ref().take(LONGEST_LINE).read_until(b'\n', line)? == 0 {
        return Ok(None);
    }
    let ended = line.pop_if(|last| *last == b'\n').is_some();
    if !ended && line.len() as u64 == LONGEST_LINE {
        input.skip_until(b'\n')?;
        return Ok(Some(false));
    }
    line.pop_if(|last| *last == b'\r');
    Ok(Some(true))
}

#[cfg(test)]
mod specs {
    use super::*;

    fn answered(input: &[u8]) -> (String, String, Totals) {
        let (mut out, mut errors) = (Vec::new(), Vec::new());
        let totals = answer(&Calendar::dutch(), input, &mut out, &mut errors).unwrap();
        (String::from_utf8(out).unwrap(), String::from_utf8(errors).unwrap(), totals)
    }

    #[test]
    fn each_line_has_its_answer() {
        let (out, errors, totals) =
            answered(b"2026-04-02T10:00\t3sd\r\n2026-04-02T10:00Z\t36h\n2026-04-02\t1wd");
        assert_eq!(out, "2026-04-09T00:00:00+02:00\n2026-04-04T00:00:00+02:00\n2026-04-08T00:00:00+02:00\n");
        assert_eq!((errors.as_str(), totals), ("", Totals { lines: 3, refused: 0 }));
    }

    #[test]
    fn a_refused_line_keeps_its_place() {
        let (out, errors, totals) = answered(
            b"2026-02-30\t3sd\n2026-04-02\t3x\n\n2026-04-02 3d\n\xff\t3d\n2200-12-31\t1d\n2026-04-02\t1d\n",
        );
        assert_eq!(out, "-\n-\n-\n-\n-\n-\n2026-04-04T00:00:00+02:00\n");
        assert_eq!(totals, Totals { lines: 7, refused: 6 });
        let told: Vec<_> = errors.lines().collect();
        assert_eq!(told[0], "error: line 1: field FROM: moment \"2026-02-30\": there is no such day");
        assert_eq!(
            told[1],
            "error: line 2: field TERM: term \"3x\": the unit is one of d, sd, sw, wd, wh, h"
        );
        assert_eq!(told[2], "error: line 3: field TERM: missing; a line is FROM, a tab and TERM");
        assert_eq!(told[4], "error: line 5: fields FROM and TERM: not UTF-8");
        assert!(told[5].starts_with("error: line 6: fields FROM and TERM: the calendar knows"), "{errors}");
    }

    #[test]
    fn a_line_without_end_is_refused_without_being_kept() {
        let mut input = vec![b'x'; 1 << 20];
        input.extend_from_slice(b"\n2026-04-02\t1d\n");
        let (out, errors, _) = answered(&input);
        assert_eq!(out, "-\n2026-04-04T00:00:00+02:00\n");
        assert_eq!(errors, "error: line 1: fields FROM and TERM: longer than 256 bytes\n");
    }

    #[test]
    fn a_line_of_exactly_the_longest_size_does_not_swallow_the_next() {
        let mut input = vec![b'x'; LONGEST_LINE as usize - 1];
        input.extend_from_slice(b"\n2026-04-02\t1d\n");
        assert_eq!(answered(&input).0, "-\n2026-04-04T00:00:00+02:00\n");
        let (out, ..) = answered(&vec![b'x'; LONGEST_LINE as usize]);
        assert_eq!(out, "-\n");
    }
}
