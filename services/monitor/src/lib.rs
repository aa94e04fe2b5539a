//! Monitor: what is asked of the hub, the live stream of the log, and what people do about cases. Over gRPC, each call
//! judged by role and area, denied unless allowed.

mod asker;
mod board;
mod case;
mod facts;
mod failure;
mod history;
mod hub;
mod inbox;
mod limit;
mod live;
mod monitor;
mod own_signals;
mod pipeline;
mod proofs;
mod timers;

pub use hub::{CheckedWith, FollowerProgress, MonitorParts, MonitorViews, ProcessTally, ProofParts};
pub use monitor::Monitor;
