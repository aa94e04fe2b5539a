//! The contract of the log, written once: each backend runs the same text with a factory of its own.

pub(crate) mod append;
pub(crate) mod execute;
pub(crate) mod lease;
pub(crate) mod model;
pub(crate) mod proof;
pub(crate) mod read;

use seinhuis_eventstore::proof::Book;
use seinhuis_eventstore::{Log, Settings};

/// Where a backend keeps one log for the length of a test.
pub(crate) trait Ledger: Send + Sync {
    /// Opens the log, or opens it again.
    fn open_with(&self, settings: Settings) -> impl Future<Output = Log> + Send;

    /// Opens the proof book beside it, or opens it again.
    fn book(&self) -> impl Future<Output = Book> + Send;

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
    ($make:expr) => {
        $crate::run_contract! { $make;
            append:
                positions_are_dense_whoever_writes
                of_racing_writers_one_wins_and_the_others_are_told
                in_one_group_only_the_losers_are_refused
                who_measures_is_told_what_was_stored_and_not_what_came_too_late
                an_append_repeated_adds_nothing
                a_full_queue_answers_at_once_and_loses_nothing_it_took
                bytes_in_the_queue_are_bounded_too
                a_batch_of_nothing_or_of_too_much_is_refused
                a_batch_as_large_as_it_may_be_goes_in_whole
                a_broken_disk_answers_everyone_and_the_writer_goes_on
                a_log_that_closes_stores_what_it_took_and_takes_no_more
                a_writer_that_is_held_up_too_long_says_so_and_goes_on_afterwards
                openers_that_race_for_the_same_streams_leave_one_winner_each;
            read:
                what_was_stored_comes_back_to_the_byte_also_after_reopening
                pages_follow_one_another_without_gap_or_overlap
                one_type_is_read_without_its_neighbours
                one_area_or_one_name_is_read_in_order_up_to_a_place_that_is_told
                leaves_are_read_without_their_events
                a_watcher_wakes_when_the_log_grows_past_his_position
                a_watcher_never_wakes_before_the_event_can_be_read
                a_second_opener_writes_and_reads_the_same_log
                a_tail_goes_along_with_what_others_write
                who_waits_for_a_position_reads_what_was_written_there;
            execute:
                a_command_says_where_its_last_event_stands
                a_command_repeated_tells_what_it_did_and_adds_nothing
                a_command_that_contradicts_what_is_stored_is_refused
                callers_at_the_same_moment_light_a_lamp_once
                a_command_that_came_second_is_decided_again_on_the_new_state
                a_command_that_always_comes_second_gives_way
                of_many_chains_at_once_each_stands_for_itself
                each_command_of_a_chain_is_stored_with_its_own_trace_or_that_of_the_context
                a_chain_that_came_second_is_decided_again_and_holds_up_no_other
                what_is_known_of_an_aggregate_is_believed_only_as_far_as_its_version_goes
                more_chains_than_fit_in_one_piece_are_all_stored
                a_stream_with_an_unknown_event_is_a_fault_that_names_it
                the_frameworks_own_types_work_over_the_log;
            lease:
                a_lease_is_held_until_it_is_given_up_and_granted_again
                who_drains_is_given_no_lease
                a_fence_that_nobody_gave_keeps_out_what_shows_it_and_nothing_else;
            proof:
                what_is_signed_is_proven_event_by_event_also_after_a_restart
                notaries_of_one_key_leave_one_line_of_checkpoints
                a_notary_that_follows_signs_in_time_and_when_it_drains
                a_log_that_went_on_differently_is_never_signed
                what_another_signed_for_another_log_stops_a_notary_at_work
                a_book_of_another_key_is_not_continued
                what_was_not_signed_is_refused_with_what_there_is
                an_export_holds_every_event_and_every_checkpoint_in_its_place
                a_log_is_verified_against_every_checkpoint_of_it
                a_log_that_is_not_the_signed_one_is_found_and_located;
            model:
                any_course_of_appends_leaves_what_the_model_says;
        }
    };
}
