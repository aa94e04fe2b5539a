//! The binary's own library: the command line, configuration, profiles and files, and the hub put together. The only
//! crate that sees everything.

pub mod admit;
pub mod areas;
pub mod backup;
mod beside;
mod chart;
pub mod cli;
pub mod client;
pub mod commands;
pub mod config;
mod dashboard;
pub mod demo;
pub mod doctor;
pub mod door;
pub mod erasure;
pub mod hub;
mod place;
pub mod profile;
pub mod proof;
mod rebuild;
pub mod role;
pub mod send;
pub mod store;
mod wait;
mod what_if;
mod whole_file;
pub mod wijkanalyse;
