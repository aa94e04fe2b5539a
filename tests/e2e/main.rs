//! The real binary, from the outside: what partners, officials and administrators meet.

mod admin;
mod demo;
mod erasure;
mod mail;
mod python;
mod scene;
mod send_assen;
