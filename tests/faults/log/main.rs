//! What must hold of the log when its processes are killed, its database goes away and its connections are cut.
//!
//! `cargo xtask faults` runs all of it for longer, with the seed of one's choice.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that meets what it did not expect must fail, and tells its seed"
)]

mod appender;
mod disturbance;
mod followers;
mod full_disk;
mod kills;
mod locked;
mod lost_answers;
mod oracle;
mod paused;
mod place;
mod plan;
mod restarts;
mod signed;
mod traffic;
