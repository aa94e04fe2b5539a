//! What must hold of the hub in processes of its own when any of them dies, stands still or is cut off, and when their servers do.
//!
//! `cargo xtask faults --suite split` runs the whole matrix.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that meets what it did not expect must fail, and tells its seed"
)]

mod cell;
mod embedded;
mod fault;
mod ground;
mod history;
mod load;
mod matrix;
mod plan;
mod scene;
mod table;
mod watch;
