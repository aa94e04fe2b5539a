//! What tests of the real thing need: the real binary in a folder of its own, and a mail server that keeps what it gets.

mod hub;
mod mail;
mod shared;

pub use hub::{Hub, HubProcess, Said};
pub use mail::MailSink;
pub use shared::shared;
