//! The real binary, from the outside: what partners, officials and administrators meet.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that meets what it did not expect must fail"
)]

mod admin;
mod areas;
mod backup;
mod clock;
mod demo;
mod deploy;
mod erasure;
mod keys;
mod mail;
mod proof;
mod python;
mod scene;
mod send_assen;
mod tls;
mod unknown;
