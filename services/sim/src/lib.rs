//! A simulation of the ladder: weeks of a municipality on a clock of its own, every turn drawn from one seed.
//!
//! What decides is the hub's own: cases, notices, calendar, the planner of timers, the folds of both read models, the pauses
//! between tries, the clock. What waits for a machine (tasks, a database, a mail server) is left out, and a `world` takes
//! its steps one at a time instead: processes crash, sleep through their lease and wake up, logs and mail servers are away,
//! clocks are set. Afterwards the `laws` judge the whole history without asking the hub. A run is a function of its seed.

mod contacts;
mod draw;
mod laws;
mod lease;
mod log;
mod municipality;
mod process;
mod run;
mod shared;
mod tally;
mod trace;
mod world;

pub use run::{Ran, Run, many, once};
pub use tally::Tally;
