//! Notify: tells people that a case reached their rung, and records what became of it.
//!
//! The fact is in the log once; the effect is keyed (INV-8): a notice has one id for ever, every try carries it as
//! its `Message-ID` or `webhook-id`, and a crash between sending and recording leads to one more try with that same id. Nothing
//! personal is in a notice: a number, a place, what is asked, by when, why, and a link.

mod channel;
mod contact;
mod digest;
pub mod inspect;
mod message;
mod outcome;
mod put_off;
mod retry;
mod role;
#[cfg(test)]
mod scene;
mod sign_of_life;
mod step;
mod trace_header;
mod tries;
mod withdraw;

pub use channel::{
    Answer, BadSecret, BadUrl, Delivery, Gone, Secrets, SmtpSettings, TlsMode, Undeliverable, Url,
    WebhookFailure, Webhooks,
};
pub use contact::{Contact, Contacts, Language, Way, Webhook};
pub use outcome::{OnTry, Outcomes};
pub use put_off::PutOff;
pub use retry::{OverDays, Retry};
pub use role::{MaySend, Notify, NotifyParts};
pub use sign_of_life::SignOfLife;
pub use tries::{After, Retries, Tries};
