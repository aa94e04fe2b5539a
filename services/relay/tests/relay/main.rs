//! The relay with a real log and a real nats-server.

#![allow(clippy::unwrap_used)]

mod feed;
mod scene;
mod trouble;
