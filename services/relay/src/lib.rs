//! Relay: publishes what everybody may know of what happens, as CloudEvents in the NL GOV profile.
//!
//! A follower of the log: it reads a page, publishes the public events of it in order, waits until JetStream has
//! acknowledged them, and only then moves on. After a crash in between the same ids go out again. What is public is
//! decided per event in `public`; nothing personal is, and no pseudonym either.
//!
//! `docs/formats/feed.md` is the page for subscribers.

mod cloud_event;
mod origin;
mod public;
mod role;

pub use origin::{InvalidOrigin, Origin};
pub use role::{Relay, RelayParts};
