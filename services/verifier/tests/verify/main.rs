//! The verifier from the outside: files made by others, files made to deceive, and the command.

#![allow(clippy::unwrap_used, reason = "a test that can't set its scene fails")]

mod command;
mod deceit;
mod flips;
mod golden;
mod proofs;
mod writer;
