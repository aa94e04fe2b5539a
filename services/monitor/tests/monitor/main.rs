//! The monitor over a real server on loopback: gate, log, keys, followers and read models, in a folder of its own.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod acts;
mod boards;
mod chance;
mod content;
mod exports;
mod feedback;
mod finding;
mod following;
mod lists;
mod live;
mod maps;
mod past;
mod proofs;
mod rebuilds;
mod rights;
mod scene;
mod watching;
mod whys;
