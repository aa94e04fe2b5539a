//! What must hold when processes die.

mod kill;
mod ledger;
