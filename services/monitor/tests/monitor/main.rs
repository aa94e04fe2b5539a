//! The monitor over a real server on loopback: gate, log, keys, followers and read models, in a folder of its own.

mod acts;
mod boards;
mod content;
mod finding;
mod lists;
mod rights;
mod scene;
mod watching;
mod whys;
