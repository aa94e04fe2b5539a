//! What became of a planted fault, as a row of the table.

use std::fmt;
use std::time::Instant;

use super::list::Fault;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its tests went red.
    Caught,
    /// They stayed green.
    Survived,
    /// It doesn't compile, which says nothing.
    NotBuilt,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) verdict: Verdict,
    harm: &'static str,
    seconds: f64,
}

/// The row of a fault, with how long its verdict took.
pub(crate) fn timed(fault: &Fault, verdict: impl FnOnce() -> anyhow::Result<Verdict>) -> anyhow::Result<Row> {
    let began = Instant::now();
    let verdict = verdict()?;
    Ok(Row { name: fault.name, verdict, harm: fault.harm, seconds: began.elapsed().as_secs_f64() })
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Caught => "caught",
            Verdict::Survived => "SURVIVED",
            Verdict::NotBuilt => "NOT BUILT",
        };
        write!(f, "{:<56} {verdict:<9} {:>6.1}  {}", self.name, self.seconds, self.harm)
    }
}
