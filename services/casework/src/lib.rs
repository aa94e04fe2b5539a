//! Casework: brings every reported signal to a case, the one it belongs to or one of its own.
//!
//! A follower of the log. It decides nothing by itself: matching is [`seinhuis_domain::matching`], routing happens
//! when the case opens, and what it decides goes back as commands through the one door. Its memory is the read model
//! of open cases, so that after a crash it simply looks which signals still belong nowhere.

mod page;
mod role;

pub use role::Casework;
