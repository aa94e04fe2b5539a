//! The rules of Seinhuis: value types, aggregates and the decisions they take, the calendar and the ladder.
//!
//! No IO, no clock, no randomness: whatever a rule needs is an argument (INV-13).

pub mod access;
pub mod agreement;
pub mod area;
pub mod calendar;
pub mod case;
pub mod directory;
pub mod event;
#[cfg(any(test, feature = "example"))]
pub mod example;
pub mod explain;
pub mod fact;
pub mod feedback;
pub mod ids;
pub mod kind;
pub mod ladder;
pub mod matching;
pub mod notice;
pub mod partner;
pub mod person;
pub mod policy;
pub mod profile;
pub mod routing;
pub mod sealed;
pub mod sector;
pub mod signal;
pub mod subject;
pub mod tell;
pub mod token;
pub mod what_if;
