//! What must hold when processes die and connections break.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that meets what it did not expect must fail"
)]

mod kill;
mod ledger;
mod lost_answer;
