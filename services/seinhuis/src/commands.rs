//! The commands, one file each.

pub mod act;
pub mod areas;
pub mod backup;
pub mod board;
pub mod calendar;
pub mod case;
pub mod config;
pub mod demo;
pub mod export;
pub mod health;
pub mod history;
pub mod keys;
pub mod partner;
pub mod person;
pub mod pipeline;
pub mod print;
pub mod projections;
pub mod proof;
pub mod send;
pub mod serve;
pub mod signals;
pub mod subject;
pub mod verify;
pub mod watch;
pub mod why;
pub mod wijkanalyse;
