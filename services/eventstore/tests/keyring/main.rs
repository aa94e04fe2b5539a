//! The key store: the same person meets the same pseudonym, and an erased one is gone (INV-9). What every backend must
//! do, and what each must do besides.

#![allow(clippy::unwrap_used, reason = "a test that can't set its scene fails")]

mod contract;
mod home;
mod postgres;
mod sqlite;
