//! How many edits of each kind were made, found and located.

use std::collections::BTreeMap;
use std::fmt;

use crate::edits::{KINDS, Touched};
use crate::judges::{Found, Judged};

#[derive(Default)]
pub(crate) struct Tally {
    kinds: BTreeMap<&'static str, Line>,
    missed: Vec<String>,
}

#[derive(Default)]
struct Line {
    edits: usize,
    hub: Count,
    alone: Count,
}

#[derive(Default)]
struct Count {
    found: usize,
    located: usize,
}

impl Count {
    /// Located: something was found at a stretch that has to do with what was touched.
    fn take(&mut self, touched: Touched, found: &[Found]) -> bool {
        let located = found.iter().any(|(from, to)| *from <= touched.1 && *to >= touched.0);
        self.found += usize::from(!found.is_empty());
        self.located += usize::from(located);
        located
    }
}

impl Tally {
    pub(crate) fn edits(&self) -> usize {
        self.kinds.values().map(|line| line.edits).sum()
    }

    pub(crate) fn count(&mut self, kind: &'static str, touched: Touched, judged: Judged) {
        let line = self.kinds.entry(kind).or_default();
        line.edits += 1;
        let hub = line.hub.take(touched, &judged.hub);
        let alone = line.alone.take(touched, &judged.alone);
        if !(hub && alone) {
            self.missed.push(format!("{kind}, touching {touched:?}: {judged:?}"));
        }
    }

    pub(crate) fn assert_all_found(&self) {
        let some = self.missed.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
        assert!(self.missed.is_empty(), "{} edits weren't found where they are:\n{some}", self.missed.len());
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = KINDS.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        writeln!(f, "{:width$}  edits  hub: found located  alone: found located", "")?;
        let mut sum = Line::default();
        for (name, _) in KINDS {
            let Some(line) = self.kinds.get(name) else { continue };
            row(f, name, width, line)?;
            sum.edits += line.edits;
            for (into, from) in [(&mut sum.hub, &line.hub), (&mut sum.alone, &line.alone)] {
                into.found += from.found;
                into.located += from.located;
            }
        }
        row(f, "all", width, &sum)
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, width: usize, line: &Line) -> fmt::Result {
    let Line { edits, hub, alone } = line;
    writeln!(
        f,
        "{name:width$}  {edits:5}  {:10} {:7}  {:12} {:7}",
        hub.found, hub.located, alone.found, alone.located
    )
}
