//! Tests that need more than one crate, and what they share with the processes they start.

pub mod batch;
pub mod told;

/// In whose name appenders sign.
pub const ORIGIN: &str = "seinhuis/appender";
