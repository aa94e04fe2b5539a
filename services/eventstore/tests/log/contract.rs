//! The contract of the log, written once: each backend runs the same text with a factory of its own.

pub(crate) mod append;
pub(crate) mod execute;
pub(crate) mod model;
pub(crate) mod read;

use seinhuis_eventstore::{Log, Settings};

/// Where a backend keeps one log for the length of a test.
pub(crate) trait Ledger: Send + Sync {
    /// Opens the log, or opens it again.
    fn open_with(&self, settings: Settings) -> impl Future<Output = Log> + Send;

    /// Keeps every writer from committing until [`Ledger::release`].
    fn hold(&self) -> impl Future<Output = ()> + Send;

    /// Lets the writers go on.
    fn release(&self) -> impl Future<Output = ()> + Send;

    /// Makes every append fail as a broken disk would, until [`Ledger::mend`].
    fn break_disk(&self) -> impl Future<Output = ()> + Send;

    /// Ends that.
    fn mend(&self) -> impl Future<Output = ()> + Send;

    /// Opens the log within its usual bounds.
    fn open(&self) -> impl Future<Output = Log> + Send {
        self.open_with(Settings::default())
    }
}

/// Runs every test of the contract on the ledger that `$make` gives.
#[macro_export]
macro_rules! run_contract {
    ($make:expr; $($module:ident: $($test:ident)+;)+) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::contract::$module::$test(&$make).await;
            }
        )+)+
    };
}
