//! The door over a real gRPC connection, in front of a real log and key store.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "door/bad_input.rs"]
mod bad_input;
#[path = "door/drain.rs"]
mod drain;
#[path = "door/hub.rs"]
mod hub;
#[path = "door/personal.rs"]
mod personal;
#[path = "door/raw.rs"]
mod raw;
#[path = "door/retries.rs"]
mod retries;
#[path = "door/stream.rs"]
mod stream;
