//! Tests that need more than one crate, and what they share with the processes they start.

pub mod batch;
pub mod told;
