//! Every metric of the hub, with its name, unit and meaning: there are no others. Names follow the semantic conventions of
//! OpenTelemetry; Prometheus' own follow from them. Labels come from closed lists, and none says who somebody is.

use seinhuis_runtime::meter::{Kind, Metric};

/// From half a millisecond to ten seconds, for what somebody waits for.
const WAITED: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// From a hundredth of a second to a day, for what comes after its time.
const LATE: &[f64] = &[0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 3_600.0, 86_400.0];
/// Events in a group, up to its limit.
const GROUPS: &[f64] =
    &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1_024.0, 2_048.0, 4_096.0];

macro_rules! metrics {
    ($($name:ident = $kind:expr, $called:literal, $unit:literal, [$($label:literal),*], $meaning:literal;)*) => {
        $(
            #[doc = $meaning]
            pub const $name: Metric =
                Metric { name: $called, kind: $kind, unit: $unit, meaning: $meaning, labels: &[$($label),*] };
        )*

        /// All of them, in the order of this file.
        pub const ALL: &[Metric] = &[$($name),*];
    };
}

metrics! {
    RECEIPT = Kind::Histogram(WAITED), "seinhuis.ingest.receipt.duration", "s", ["sector", "outcome"],
        "How long a partner waited for the outcome of a signal, from when it was read.";
    REFUSALS = Kind::Counter, "seinhuis.ingest.refusals", "{refusal}", ["partner", "reason"],
        "Signals that were refused, by partner and reason.";
    DENIALS = Kind::Counter, "seinhuis.gate.denials", "{call}", ["reason"],
        "Calls that were not let in: no token, one that no longer counts, a door that isn't open to the caller.";
    GROUP_SIZE = Kind::Histogram(GROUPS), "seinhuis.log.group.size", "{event}", [],
        "Events that this process stored in one commit; their sum is what it appended.";
    COMMIT = Kind::Histogram(WAITED), "seinhuis.log.commit.duration", "s", [],
        "How long a commit took, waiting for the disk included.";
    HEAD = Kind::Gauge, "seinhuis.log.head", "{event}", [],
        "The last position of the log that this process knows of.";
    ANSWERS = Kind::Gauge, "seinhuis.log.answers", "", [],
        "Whether the log answers: 1, or 0.";
    STAGE = Kind::Gauge, "seinhuis.role.stage", "", ["role", "stage"],
        "1 for what each role of this process does: begins, works, stands-by, tries-again or stopped.";
    HEARTBEAT = Kind::Gauge, "seinhuis.follower.heartbeat.age", "s", ["role", "follower"],
        "How long ago a follower of this process ended a turn of its loop, with something to do or without.";
    LAG = Kind::Gauge, "seinhuis.follower.lag", "{event}", ["follower"],
        "Events that a follower has not taken in, wherever it works.";
    LAG_DURATION = Kind::Gauge, "seinhuis.follower.lag.duration", "s", ["follower"],
        "How long the oldest event that a follower has not taken in has been in the log; 0 when it has all.";
    LATENESS = Kind::Histogram(LATE), "seinhuis.escalation.lateness", "s", ["timer"],
        "How long after its time a timer fired: a climb or a reminder.";
    OVERDUE = Kind::Gauge, "seinhuis.escalation.overdue.age", "s", [],
        "How long the oldest timer that is due has waited; 0 when none is due.";
    ATTEMPTS = Kind::Counter, "seinhuis.notice.attempts", "{attempt}", ["channel", "outcome"],
        "Tries to tell somebody, by channel: delivered, passing when it will be tried again, or final.";
    OUTBOX = Kind::Gauge, "seinhuis.notice.outbox.age", "s", [],
        "How long the oldest notice that may go out has had no outcome; 0 when all are settled.";
    DEAD = Kind::Gauge, "seinhuis.notice.dead", "{notice}", [],
        "Notices that failed for good and were not tried again.";
    TAKEN = Kind::Counter, "seinhuis.lease.taken", "{term}", ["role"],
        "How often a role's lease has been taken, by whichever process: its epoch.";
    HELD = Kind::Gauge, "seinhuis.lease.held", "", ["role"],
        "Whether some process holds a role's lease: 1, or 0.";
    CHECKPOINT = Kind::Gauge, "seinhuis.proof.checkpoint.age", "s", [],
        "How long the oldest event that is under no signed checkpoint has been in the log; 0 when all is signed.";
    SOUND = Kind::Gauge, "seinhuis.audit.sound", "", [],
        "Whether the auditor has looked and found the ladder sound: 1, or 0.";
    FINDINGS = Kind::Gauge, "seinhuis.audit.findings", "{finding}", [],
        "What the auditor finds wrong.";
    ROOM = Kind::Gauge, "seinhuis.data.free", "By", [],
        "Room that is left on the disk of the data folder.";
    DISK = Kind::Gauge, "seinhuis.data.disk", "By", [],
        "How large the disk of the data folder is.";
    BUILD = Kind::Gauge, "seinhuis.build.info", "", ["version"],
        "1 for the version that runs.";
    UPTIME = Kind::Gauge, "process.uptime", "s", [],
        "How long the process has run.";
    MEMORY = Kind::Gauge, "process.memory.usage", "By", [],
        "Memory of the process that is in use (resident).";
    PROCESSOR = Kind::Counter, "process.cpu.time", "s", [],
        "Time of processors that the process has used, in user and system mode.";
    FILES = Kind::Gauge, "process.unix.file_descriptor.count", "{file_descriptor}", [],
        "Files and connections that the process has open.";
    FILES_LIMIT = Kind::Gauge, "seinhuis.process.file_descriptor.limit", "{file_descriptor}", [],
        "Files and connections that the process may have open.";
}

#[cfg(test)]
mod specs {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_metrics_share_a_name_and_each_says_what_it_means() {
        let names: BTreeSet<_> = ALL.iter().flat_map(Metric::series).collect();
        assert_eq!(names.len(), ALL.iter().map(|metric| metric.series().len()).sum::<usize>());
        for metric in ALL {
            let plain = metric.name.chars().all(|c| c.is_ascii_lowercase() || c == '.' || c == '_');
            assert!(plain && metric.meaning.ends_with('.'), "{}", metric.name);
        }
    }

    #[test]
    fn what_prometheus_calls_them_follows_from_their_names() {
        for (metric, name) in [
            (RECEIPT, "seinhuis_ingest_receipt_duration_seconds"),
            (REFUSALS, "seinhuis_ingest_refusals_total"),
            (MEMORY, "process_memory_usage_bytes"),
            (PROCESSOR, "process_cpu_time_seconds_total"),
            (SOUND, "seinhuis_audit_sound"),
        ] {
            assert_eq!(metric.in_prometheus(), name);
        }
    }
}
