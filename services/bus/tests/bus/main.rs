//! The bus on a real nats-server.

#![allow(clippy::unwrap_used)]

mod feed;
mod link;
mod scene;
mod wakeups;
