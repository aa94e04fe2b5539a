//! `send` against a hub behind the real contract: every row ends in the log or in the refusals file, whatever the
//! stream goes through.
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "send/fake_hub.rs"]
mod fake_hub;

use std::path::{Path, PathBuf};
use std::time::Duration;

use fake_hub::{FakeHub, TOKEN, Verdict};
use seinhuis::send::{self, Patience, SendArgs, Totals};
use seinhuis_contract::proto::ingest::v1::{FieldViolation, MunicipalKind, RefusalReason, Refused};

const MAP: &str = r#"
[signal]
sector = "municipal"
[fields]
reference = { column = "id" }
occurred_at = { column = "at" }
kind = { column = "what", lookup = "what" }
area_name = { column = "wijk" }
[lookup.what]
afval = "municipal.waste"
"#;

/// A file and its map in a folder of their own.
struct Desk {
    _folder: tempfile::TempDir,
    args: SendArgs,
}

impl Desk {
    fn with(rows: impl IntoIterator<Item = String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (file, map) = (folder.path().join("in.csv"), folder.path().join("map.toml"));
        let rows: String = rows.into_iter().map(|row| row + "\n").collect();
        std::fs::write(&file, format!("id,at,what,wijk\n{rows}")).unwrap();
        std::fs::write(&map, MAP).unwrap();
        let ms = Duration::from_millis;
        let patience = Patience { first: ms(1), longest: ms(4), tries: 5, silence: Duration::from_secs(20) };
        Self { _folder: folder, args: SendArgs { patience, ..SendArgs::new(file, map) } }
    }

    fn good(count: usize) -> Self {
        Self::with((0..count).map(row))
    }

    async fn send(&self, hub: &FakeHub) -> anyhow::Result<Totals> {
        self.send_as(hub, TOKEN, self.args.clone()).await
    }

    async fn send_as(&self, hub: &FakeHub, token: &str, args: SendArgs) -> anyhow::Result<Totals> {
        send::prepare(args)?.send(hub.serve(token).await).await
    }

    fn resuming(&self) -> SendArgs {
        SendArgs { resume: true, ..self.args.clone() }
    }

    fn refusals(&self) -> Vec<String> {
        let path = PathBuf::from(format!("{}.refusals.csv", self.args.file.display()));
        std::fs::read_to_string(path).unwrap_or_default().lines().skip(1).map(str::to_owned).collect()
    }
}

fn row(number: usize) -> String {
    format!("r{number},2026-01-02T03:04:05Z,afval,Ulft")
}

/// Rows, new, duplicates, refused.
fn counts(totals: &Totals) -> [u64; 4] {
    [totals.rows, totals.new, totals.duplicates, totals.refused]
}

fn refused(reason: RefusalReason, retryable: bool) -> Refused {
    Refused { reason: reason as i32, message: "not now".into(), retryable, ..Refused::default() }
}

#[tokio::test]
async fn every_row_is_new_the_first_time_and_a_duplicate_the_second() {
    let (desk, hub) = (Desk::good(1000), FakeHub::kind());
    let first = desk.send(&hub).await.unwrap();
    assert_eq!((counts(&first), first.exit_code()), ([1000, 1000, 0, 0], 0));
    let second = desk.send(&hub).await.unwrap();
    assert_eq!((counts(&second), second.exit_code()), ([1000, 0, 1000, 0], 0));
    let seen = hub.seen();
    assert_eq!((seen.log.len(), seen.received, seen.streams), (1000, 2000, 2));
    assert_eq!(seen.log["r7"].kind(), MunicipalKind::Waste);
    assert_eq!(desk.refusals(), [""; 0]);
}

#[tokio::test]
async fn spoilt_rows_are_refused_by_name_and_the_rest_goes_in() {
    let mut rows: Vec<_> = (0..100).map(row).collect();
    rows[3] = "r3,yesterday,afval,Ulft".into();
    rows[20] = "r20,2026-01-02T03:04:05Z,plastic,Ulft".into();
    rows[21] = ",2026-01-02T03:04:05Z,afval,Ulft".into();
    rows[50] = "r50,2026-01-02T03:04:05Z,afval".into();
    rows[99] = "r99,2026-01-02T03:04:05Z,afval,Atlantis".into();
    let hub = FakeHub::judging(|signal, _| {
        let area = signal.common.clone().unwrap().area_name;
        if area == "Ulft" {
            return Verdict::Take;
        }
        let field = "signal.common.area_name".into();
        let violation =
            FieldViolation { field, value: area.to_lowercase(), rule: "must be on the map".into() };
        Verdict::Refuse(Refused { violations: vec![violation], ..refused(RefusalReason::Invalid, false) })
    });
    let desk = Desk::with(rows);
    let totals = desk.send(&hub).await.unwrap();
    assert_eq!((counts(&totals), totals.exit_code()), ([100, 95, 0, 5], 2));
    let rfc = "\"must be a time after RFC 3339, with its offset: 2026-04-02T10:00:00+02:00\"";
    assert_eq!(
        desk.refusals(),
        [
            format!("5,r3,occurred_at,yesterday,{rfc}"),
            "22,r20,kind,plastic,isn't a word of [lookup.what]".into(),
            "23,,reference,(absent),is required".into(),
            "52,,,,\"must have 4 columns, as the header has; it has 3\"".into(),
            "101,r99,area_name,Atlantis,must be on the map".into(),
        ]
    );
}

#[tokio::test]
async fn a_stream_that_breaks_again_and_again_loses_nothing_and_doubles_nothing() {
    let hub =
        FakeHub::judging(|_, before| if before % 70 == 69 { Verdict::BreakAfter } else { Verdict::Take });
    let desk = Desk::good(500);
    let totals = desk.send(&hub).await.unwrap();
    assert_eq!(totals.new + totals.duplicates, 500);
    assert!(totals.retries >= 5 && totals.duplicates >= 5, "{totals:?}");
    assert_eq!(hub.seen().log.len(), 500);
}

#[tokio::test]
async fn what_the_hub_puts_off_is_sent_again_until_it_is_in() {
    let hub = FakeHub::judging(|_, before| match before % 3 {
        0 => Verdict::Take,
        1 => Verdict::Refuse(refused(RefusalReason::RateLimited, true)),
        _ => Verdict::Refuse(refused(RefusalReason::Overloaded, true)),
    });
    let desk = Desk::good(60);
    let totals = desk.send(&hub).await.unwrap();
    assert_eq!(counts(&totals), [60, 60, 0, 0]);
    assert!(totals.retries > 0);
    assert_eq!(hub.seen().streams, 1);
}

#[tokio::test]
async fn a_hub_that_takes_nothing_any_more_ends_the_run_and_resuming_finishes_it() {
    let hub = FakeHub::judging(|_, before| match before {
        10 => Verdict::Refuse(refused(RefusalReason::ReferenceReused, false)),
        0..40 => Verdict::Take,
        _ => Verdict::Refuse(refused(RefusalReason::Overloaded, true)),
    });
    let desk = Desk::good(100);
    let error = format!("{:#}", desk.send(&hub).await.unwrap_err());
    assert!(error.starts_with("stopped after 40 settled rows of "), "{error}");
    assert!(error.ends_with("the hub takes nothing any more: not now"), "{error}");

    let better = FakeHub::kind();
    let totals = desk.send_as(&better, TOKEN, desk.resuming()).await.unwrap();
    assert_eq!(counts(&totals), [60, 60, 0, 0]);
    assert_eq!((totals.settled_before, totals.refused_before, totals.exit_code()), (40, 1, 2));
    assert!(!better.seen().log.contains_key("r39") && better.seen().log.contains_key("r40"));
    assert_eq!(desk.refusals(), ["12,r10,reference,r10,not now"]);

    let again = desk.send_as(&better, TOKEN, desk.resuming()).await.unwrap();
    assert_eq!((counts(&again), again.settled_before), ([100, 40, 60, 0], 0), "nothing was left to resume");
}

#[tokio::test]
async fn a_file_that_changed_cannot_be_resumed() {
    let (desk, hub) = (Desk::good(3), FakeHub::judging(|_, _| Verdict::BreakAfter));
    let impatient = Patience { tries: 0, ..desk.args.patience };
    let args = SendArgs { patience: impatient, ..desk.args.clone() };
    desk.send_as(&hub, TOKEN, args).await.unwrap_err();
    std::fs::write(&desk.args.file, "id,at,what,wijk\nother,2026-01-02T03:04:05Z,afval,Ulft\n").unwrap();
    let error = desk.send_as(&hub, TOKEN, desk.resuming()).await.unwrap_err().to_string();
    assert!(
        error.ends_with("was kept for a file with other content; send everything again without --resume"),
        "{error}"
    );
}

#[tokio::test]
async fn a_token_the_hub_does_not_know_is_one_error_and_not_tried_again() {
    let (desk, hub) = (Desk::good(3), FakeHub::kind());
    let error = desk.send_as(&hub, "shs_unknown", desk.args.clone()).await.unwrap_err();
    assert_eq!(
        error.root_cause().to_string(),
        "the hub refuses the stream: no valid token [Unauthenticated]"
    );
    assert_eq!(hub.seen().streams, 1);
}

#[tokio::test]
async fn no_more_than_the_agreed_number_is_in_flight_and_a_silent_hub_is_left() {
    let hub = FakeHub::judging(|_, _| Verdict::KeepSilent);
    let desk = Desk::good(100);
    let patience = Patience { tries: 0, silence: Duration::from_millis(300), ..desk.args.patience };
    let args = SendArgs { in_flight: 8, patience, ..desk.args.clone() };
    let error = desk.send_as(&hub, TOKEN, args).await.unwrap_err();
    assert!(error.root_cause().to_string().contains("no word from the hub for 300ms"), "{error:#}");
    assert_eq!(hub.seen().received, 8);
}

#[tokio::test]
async fn a_receipt_for_another_signal_ends_the_run() {
    let hub = FakeHub::judging(|_, before| if before == 4 { Verdict::Confuse } else { Verdict::Take });
    let error = Desk::good(10).send(&hub).await.unwrap_err();
    assert_eq!(error.root_cause().to_string(), "the hub sent receipt 6 where 5 was due");
}

#[tokio::test]
async fn a_missing_column_is_told_before_anything_is_sent() {
    let desk = Desk::good(3);
    std::fs::write(&desk.args.file, "id,at,wijk\nr1,2026-01-02T03:04:05Z,Ulft\n").unwrap();
    let error = send::prepare(desk.args.clone()).err().unwrap().to_string();
    assert!(error.contains("in.csv: column \"what\" is missing; "), "{error}");
    assert!(error.contains("map.toml wants it for fields.kind.column; the file has id, at, wijk"), "{error}");
}

#[tokio::test]
async fn refusals_never_overwrite_what_is_sent() {
    let desk = Desk::good(3);
    let args = SendArgs { refusals: Some(desk.args.file.clone()), ..desk.args.clone() };
    let error = send::prepare(args).err().unwrap().to_string();
    assert!(error.starts_with("--refusals ") && error.ends_with("that is the file"), "{error}");
    assert!(desk.send(&FakeHub::kind()).await.is_ok());
}

#[tokio::test]
async fn the_reports_of_assen_all_go_in_and_are_all_duplicates_the_second_time() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let reports = root.join("../shared/data/reports/assen_signalen_3k.csv");
    if !reports.exists() {
        println!("SKIPPED: {} is not here", reports.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let args = SendArgs {
        refusals: Some(folder.path().join("refusals.csv")),
        progress: Some(folder.path().join("progress.json")),
        ..SendArgs::new(reports, root.join("tests/profiles/assen/map.toml"))
    };
    let hub = FakeHub::kind();
    for expected in [[3024, 3024, 0, 0], [3024, 0, 3024, 0]] {
        let totals = send::prepare(args.clone()).unwrap().send(hub.serve(TOKEN).await).await.unwrap();
        assert_eq!(counts(&totals), expected);
    }
}
