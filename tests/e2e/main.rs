//! The real binary, from the outside: what partners, officials and administrators meet.
//!
//! Most run on both topologies, the same text twice: all roles in one process on files, and a process for each role on
//! PostgreSQL and NATS (`…_when_split`). Only on files are those about the folder itself (`backup`, the lock and the profile of
//! a folder), about the key store's pages (`keys`, whose code runs on PostgreSQL in its own crate), about how one process
//! starts (`clock`, `tls`, settings), about the feed of one process (`feed`; the matrix of faults looks at that of many), and
//! the demo, which is one process.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that meets what it did not expect must fail"
)]

mod admin;
mod alerts;
mod areas;
mod audit;
mod backup;
mod browser;
mod clock;
mod dead_letters;
mod demo;
mod deploy;
mod erasure;
mod feed;
mod feedback;
mod history;
mod keys;
mod left_lying;
mod mail;
mod mailbox;
mod measured;
mod projections;
mod proof;
mod python;
mod receiver;
mod scene;
mod screen;
mod send_assen;
mod streams;
mod tls;
mod traces;
mod unknown;
mod watched;
mod webhook;
mod what_if;
mod work;
