//! Read models over a real log: followed, dropped, rebuilt and compared.

#![allow(clippy::unwrap_used, reason = "what goes wrong in a test must stop it")]

mod faults;
mod history;
mod place;
mod rebuilt;
mod scene;
mod who;
