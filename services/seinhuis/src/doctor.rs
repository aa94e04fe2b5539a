//! What is wrong with a hub and what to do about it, found out from beside it, whether it serves or not.
//!
//! First everything that the chosen checks need is looked at, all at once and each for a bounded time; then each check judges
//! what was seen. Nothing is changed by that: no schema is brought up to date, no lock is held, no mail goes out. What can't
//! be looked at is the business of the check that says so, and the others go on.

mod certificate;
mod check;
mod checks;
mod facts;
mod observe;

pub use check::{Check, Judged, Verdict};
pub use checks::all;

use crate::cli::Surroundings;

/// A check, and how it turned out.
#[derive(Debug)]
pub struct Found {
    /// The check.
    pub check: &'static Check,
    /// How it turned out.
    pub judged: Judged,
}

/// Looks at what `checks` need, and has each of them judge it. Where the settings are refused, that is all there is to say.
pub async fn examine(around: anyhow::Result<Surroundings>, checks: &[&'static Check]) -> Vec<Found> {
    let facts = observe::facts(around, |need| checks.iter().any(|check| check.needs.contains(&need))).await;
    checks.iter().map(|check| Found { check, judged: check.judged(&facts) }).collect()
}

/// The worst verdict of all.
pub fn worst(found: &[Found]) -> Verdict {
    found.iter().map(|found| found.judged.verdict).max().unwrap_or(Verdict::Ok)
}
