//! What every backend of the log must do, and what each must do besides.

#![allow(clippy::unwrap_used, reason = "a test that can't set its scene fails")]

mod contract;
mod exported;
mod lamp;
mod looked_at;
mod postgres;
mod sqlite;
