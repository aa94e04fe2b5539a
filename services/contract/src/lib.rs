//! The contract in Rust: messages, clients and servers made from `proto/`, conversions to and from the domain, the one
//! table of statuses, and the gate before every call.

pub mod act;
pub mod encoded;
pub mod gate;
pub mod kinds;
pub mod lenient;
pub mod proto;
pub mod status;
pub mod time;
pub mod words;
