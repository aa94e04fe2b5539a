//! SQLite keeps the contract, and refuses by itself what the log never does.

mod guards;
mod tamper;

use std::path::{Path, PathBuf};

use seinhuis_eventstore::{Log, Settings};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::Mutex;

use crate::contract::Ledger;
use crate::run_contract;

/// A folder with one log, and a connection that goes around the hub.
pub(crate) struct SqliteLedger {
    folder: tempfile::TempDir,
    around: Mutex<Option<SqliteConnection>>,
}

impl SqliteLedger {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), around: Mutex::new(None) }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("log.sqlite")
    }

    pub(crate) async fn connect(&self) -> SqliteConnection {
        connect(&self.path()).await
    }

    async fn around(&self, statements: &'static str) {
        let mut around = self.around.lock().await;
        if around.is_none() {
            *around = Some(self.connect().await);
        }
        sqlx::raw_sql(statements).execute(around.as_mut().unwrap()).await.unwrap();
    }
}

pub(crate) async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

impl Ledger for SqliteLedger {
    async fn open_with(&self, settings: Settings) -> Log {
        Log::open_with(&format!("sqlite:{}", self.path().display()), settings).await.unwrap()
    }

    async fn hold(&self) {
        self.around("BEGIN IMMEDIATE").await;
    }

    async fn release(&self) {
        self.around("COMMIT").await;
    }

    async fn break_disk(&self) {
        self.around("CREATE TRIGGER broken AFTER INSERT ON event BEGIN SELECT RAISE(FAIL, 'broken'); END")
            .await;
    }

    async fn mend(&self) {
        self.around("DROP TRIGGER broken").await;
    }
}

run_contract! { SqliteLedger::new();
    append:
        positions_are_dense_whoever_writes
        of_racing_writers_one_wins_and_the_others_are_told
        in_one_group_only_the_losers_are_refused
        an_append_repeated_adds_nothing
        a_full_queue_answers_at_once_and_loses_nothing_it_took
        bytes_in_the_queue_are_bounded_too
        a_batch_of_nothing_or_of_too_much_is_refused
        a_batch_as_large_as_it_may_be_goes_in_whole
        a_broken_disk_answers_everyone_and_the_writer_goes_on
        a_log_that_closes_stores_what_it_took_and_takes_no_more;
    read:
        what_was_stored_comes_back_to_the_byte_also_after_reopening
        pages_follow_one_another_without_gap_or_overlap
        one_type_is_read_without_its_neighbours
        a_watcher_wakes_when_the_log_grows_past_his_position
        a_watcher_never_wakes_before_the_event_can_be_read
        a_second_opener_writes_and_reads_the_same_log;
    execute:
        a_command_says_where_its_last_event_stands
        a_command_repeated_tells_what_it_did_and_adds_nothing
        a_command_that_contradicts_what_is_stored_is_refused
        callers_at_the_same_moment_light_a_lamp_once
        a_command_that_came_second_is_decided_again_on_the_new_state
        a_command_that_always_comes_second_gives_way
        a_stream_with_an_unknown_event_is_a_fault_that_names_it
        the_frameworks_own_types_work_over_the_log;
    model:
        any_course_of_appends_leaves_what_the_model_says;
}
