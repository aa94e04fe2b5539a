//! Faults in what keeps two processes apart, and in the order of a herd.

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "a lease without fencing",
        harm: "a process that slept and wakes up writes a climb that another one wrote meanwhile",
        file: "services/eventstore/src/writer/fences.rs",
        before: "self.fence.as_ref().filter(|fence| over.contains(fence))",
        after: "self.fence.as_ref().filter(|fence| over.is_empty() && over.contains(fence))",
        package: "seinhuis-eventstore",
        target: "lib",
        test: "a_fence_is_shown_once_and_not_again_once_it_is_over",
    },
    Fault {
        name: "a lease that ran out is still held",
        harm: "two processes mail the same person about the same case",
        file: "services/eventstore/src/lease/tenure.rs",
        before: "Self::At(end) => Instant::now() < end,",
        after: "Self::At(_) => true,",
        package: "seinhuis-eventstore",
        target: "lib",
        test: "what_is_extended_in_time_is_held_and_what_ran_out_stays_lost",
    },
    Fault {
        name: "the clock goes back",
        harm: "a timer that fired is due once more, and facts are told in an order in which they did not happen",
        file: "services/runtime/src/clock.rs",
        before: "let now = self.floor.fetch_max(read, Ordering::AcqRel).max(read);",
        after: "let now = self.floor.fetch_max(read, Ordering::AcqRel).min(read).max(read);",
        package: "seinhuis-runtime",
        target: "lib",
        test: "a_manual_clock_set_back_keeps_its_latest_answer",
    },
    Fault {
        name: "reminders overtake the college",
        harm: "at nine on Monday the most pressing cases wait behind the least pressing ones",
        file: "services/escalation/src/planner.rs",
        before: "(std::cmp::Reverse(timer.step.to), timer.step.due_at, timer.case)",
        after: "(timer.step.to, timer.step.due_at, timer.case)",
        package: "seinhuis-escalation",
        target: "lib",
        test: "the_college_goes_before_the_team_and_the_longest_overdue_before_the_rest",
    },
];
