//! Escalation on a log: the role at work, and what would have been.

#![allow(clippy::unwrap_used, reason = "a test that meets what it did not expect must fail")]

mod role;
mod scene;
mod what_if;
