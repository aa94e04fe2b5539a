//! Backup and restore of an embedded hub, taken while partners report.

use std::path::{Path, PathBuf};

use futures::StreamExt;
use seinhuis::client::authed;
use seinhuis::door;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{Common, Subject, receipt::Outcome, subject::Identifier};
use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::Sector;
use seinhuis_eventstore::{Log, Position};
use seinhuis_testkit::{Hub, Said};
use seinhuis_verifier::Tree;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;

use crate::scene;

/// Signals acknowledged before the backup begins, and again after it.
const SOME: usize = 200;

fn signal(number: usize) -> SectorSignal {
    let subject = Subject { identifier: Some(Identifier::Bsn("999990032".into())), ..Default::default() };
    let occurred = jiff::Timestamp::from_second(1_767_225_600).unwrap();
    let common = Common {
        reference: format!("backup-{number}"),
        occurred_at: Some(seinhuis_contract::time::to_wire(occurred)),
        area_code: "WK150900".into(),
        urgency: 1,
        household_key: format!("D-{number}"),
        subjects: if number == 0 { vec![subject] } else { vec![] },
        free_text: format!("signaal {number}"),
        ..Default::default()
    };
    SectorSignal::new(Kind::from_code("housing.fin.hua").unwrap(), common)
}

/// Reports signals from number 0 on until it is aborted, and tells how many were acknowledged.
async fn report(url: String, token: String, told: watch::Sender<usize>) {
    let channel = tonic::transport::Endpoint::from_shared(url).unwrap().connect().await.unwrap();
    let (outgoing, signals) = mpsc::channel(64);
    let sending = async move {
        for number in 0.. {
            if outgoing.send(signal(number)).await.is_err() {
                return;
            }
        }
    };
    let hub = authed(channel, &token).unwrap();
    let receiving = async move {
        let mut receipts = door::report(hub, Sector::Housing, ReceiverStream::new(signals)).await.unwrap();
        let mut acknowledged = 0;
        while let Some(Ok(receipt)) = receipts.next().await {
            assert!(matches!(receipt.outcome, Some(Outcome::Accepted(_))), "{receipt:?}");
            acknowledged += 1;
            told.send_replace(acknowledged);
        }
    };
    futures::future::join(sending, receiving).await;
}

fn hub() -> Hub {
    Hub::new("oude-ijsselstreek")
        .unwrap()
        .with("SEINHUIS_INGEST__RATE_PER_SECOND", "1000000")
        .with("SEINHUIS_INGEST__BURST", "1000000")
}

fn backup(hub: &Hub, to: &Path) -> Value {
    hub.run(&["backup", "--to", to.to_str().unwrap(), "--json"]).unwrap().json().unwrap()
}

/// Restores a backup into the empty folder of another hub, and gives that hub its master key.
fn restored(from: &Hub, arguments: &[&str]) -> (Hub, Value) {
    let other = hub();
    let said = other.run(&[&["restore", "--json"], arguments].concat()).unwrap().json().unwrap();
    for key in ["master.key", "proof.key"] {
        std::fs::copy(from.data().join(key), other.data().join(key)).unwrap();
    }
    (other, said)
}

/// The root over the first `size` events of the log in `folder`, worked out by the stand-alone verifier's tree.
async fn root(folder: &Path, size: u64) -> String {
    let log = Log::open(&format!("sqlite:{}", folder.join("log.sqlite").display())).await.unwrap();
    let mut tree = Tree::default();
    while tree.size() < size {
        let limit = (size - tree.size()).min(1_000) as usize;
        let leaves = log.leaves(Position(tree.size()), limit).await.unwrap();
        assert!(!leaves.is_empty(), "the log ends before event {size}");
        leaves.into_iter().for_each(|leaf| tree.push(leaf));
    }
    log.close().await;
    tree.root().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_under_load_is_restored_with_the_same_root_and_serves() {
    let hub = hub();
    let token = hub.partner("wonion").unwrap();
    let process = hub.serve().unwrap();
    let (told, mut acknowledged) = watch::channel(0);
    let reporting = tokio::spawn(report(process.url.clone(), token.clone(), told));
    acknowledged.wait_for(|count| *count >= SOME).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("backup");
    let before = *acknowledged.borrow();
    let manifest = backup(&hub, &at);
    let after = *acknowledged.borrow();
    acknowledged.wait_for(|count| *count >= after + SOME).await.unwrap();
    assert_eq!(process.stop().unwrap(), 0, "{}", hub.log());
    reporting.await.unwrap();
    let events = hub.run(&["verify", "--json"]).unwrap().json().unwrap()["events"].to_string();
    let signed = hub.run(&["proof", "checkpoint"]).unwrap().out;
    assert_eq!(
        signed.lines().nth(1),
        Some(events.as_str()),
        "what roles wrote while it stopped is signed too"
    );
    println!("{before} acknowledged before the backup, {after} after it; {} events in it", manifest["head"]);
    let head = manifest["head"].as_u64().unwrap();
    assert!(head >= before as u64, "what was acknowledged before is in it");
    assert_eq!(manifest["root"], root(&hub.data(), head).await, "it is the log as it was at its head");
    let private: Vec<_> = std::fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!private.iter().any(|name| name.to_string_lossy().ends_with(".key")), "{private:?}");

    let (other, _) = restored(&hub, &["--from", at.to_str().unwrap()]);
    let verdict = other.run(&["verify", "--json"]).unwrap().json().unwrap();
    assert_eq!((&verdict["sound"], &verdict["root"]), (&Value::Bool(true), &manifest["root"]), "{verdict}");
    assert_eq!(verdict["events"], manifest["head"]);

    // It goes on where the backup ended: what it has is a duplicate at its own place, what it lacks is new.
    let process = other.serve().unwrap();
    let receipt = scene::report(&process.url, &token, signal(0)).await;
    let Some(Outcome::Accepted(accepted)) = receipt.outcome else { panic!("{receipt:?}") };
    assert!(accepted.position <= head, "{accepted:?}");
    let receipt = scene::report(&process.url, &token, signal(after + SOME * 10)).await;
    let Some(Outcome::Accepted(accepted)) = receipt.outcome else { panic!("{receipt:?}") };
    assert!(accepted.position > head, "{accepted:?}");
    assert_eq!(process.stop().unwrap(), 0, "{}", other.log());
}

/// A hub with one person reported, and the person's pseudonym.
async fn with_a_person() -> (Hub, SubjectId) {
    let hub = hub();
    let token = hub.partner("wonion").unwrap();
    let process = hub.serve().unwrap();
    scene::report(&process.url, &token, signal(0)).await;
    assert_eq!(process.stop().unwrap(), 0, "{}", hub.log());
    let log = Log::open(&format!("sqlite:{}", hub.data().join("log.sqlite").display())).await.unwrap();
    let page = log.read(Position::START, 1_000).await.unwrap();
    log.close().await;
    let mut sealed = page.events.into_iter().filter_map(|event| event.sealed);
    (hub, *sealed.next().unwrap().keys.first().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_from_an_older_backup_do_not_bring_an_erased_person_back() {
    let (hub, person) = with_a_person().await;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    backup(&hub, &at("older"));
    assert_eq!(hub.run(&["subject", "erase", &person.to_string(), "--reason", "request"]).unwrap().code, 0);
    backup(&hub, &at("newer"));
    let (newer, older) = (at("newer"), at("older"));
    let from = ["--from", newer.to_str().unwrap()];

    let (_, said) = restored(&hub, &from);
    assert_eq!(said["erased_again"], 0, "the keys of that moment have it erased already");
    let (other, said) = restored(&hub, &[&from[..], &["--keys-from", older.to_str().unwrap()]].concat());
    assert_eq!(said["erased_again"], 1);
    let again = other.run(&["subject", "erase", &person.to_string(), "--reason", "request"]).unwrap();
    assert_eq!(again.code, 0, "the key store knows it as erased: {again:?}");
    assert_eq!(other.run(&["verify", "--json"]).unwrap().json().unwrap()["sound"], true);
}

/// What is done to a backup.
type Damage<'d> = &'d dyn Fn(&Path);

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_was_touched_is_refused_and_nothing_is_put_in_place() {
    let (source, _) = with_a_person().await;
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good");
    backup(&source, &good);
    let flip = |file: PathBuf| {
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(file, bytes).unwrap();
    };
    let replace = |folder: &Path, from: &str, to: &str| {
        let path = folder.join("manifest.json");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    };
    let root = source.run(&["verify", "--log-only", "--json"]).unwrap().json().unwrap()["root"].clone();
    let root = root.as_str().unwrap().to_owned();
    let cases: [(&str, Damage<'_>); 7] = [
        ("isn't what was backed up", &|at| flip(at.join("log.sqlite"))),
        ("isn't what was backed up", &|at| flip(at.join("keys.sqlite"))),
        ("can't copy", &|at| std::fs::remove_file(at.join("keys.sqlite")).unwrap()),
        ("is no backup", &|at| std::fs::remove_file(at.join("manifest.json")).unwrap()),
        ("the manifest says", &|at| replace(at, &root, &"0".repeat(64))),
        ("no backup holds a file", &|at| replace(at, "\"keys.sqlite\"", "\"../keys.sqlite\"")),
        ("its form is", &|at| replace(at, "seinhuis-backup v1", "seinhuis-backup v9")),
    ];
    for (number, (expected, damage)) in cases.into_iter().enumerate() {
        let at = folder.path().join(format!("bad-{number}"));
        std::fs::create_dir(&at).unwrap();
        for entry in std::fs::read_dir(&good).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), at.join(entry.file_name())).unwrap();
        }
        damage(&at);
        let target = hub();
        let said = target.run(&["restore", "--from", at.to_str().unwrap()]).unwrap();
        refused(&said, expected);
        assert!(!target.data().exists(), "{expected}");
        let beside: Vec<_> = std::fs::read_dir(target.data().parent().unwrap()).unwrap().collect();
        assert!(beside.is_empty(), "{expected}: {beside:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_backup_nor_restore_writes_over_anything() {
    let (source, _) = with_a_person().await;
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("backup");
    backup(&source, &at);
    let manifest = std::fs::read(at.join("manifest.json")).unwrap();
    refused(&source.run(&["backup", "--to", at.to_str().unwrap()]).unwrap(), "isn't empty");
    assert_eq!(std::fs::read(at.join("manifest.json")).unwrap(), manifest);
    refused(&source.run(&["restore", "--from", at.to_str().unwrap()]).unwrap(), "isn't empty");
    let elsewhere = source.with("SEINHUIS_DATA__LOG_URL", "postgres://hub@127.0.0.1/hub");
    let other = folder.path().join("other");
    refused(&elsewhere.run(&["backup", "--to", other.to_str().unwrap()]).unwrap(), "PostgreSQL's own tools");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_holds_the_log_against_what_was_signed() {
    let (source, person) = with_a_person().await;
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("backup");
    // An export signs what isn't signed yet.
    let sign = |name: &str| {
        let out = folder.path().join(name).display().to_string();
        assert_eq!(source.run(&["export", "--out", &out]).unwrap().code, 0);
    };
    sign("before.export");
    let manifest = backup(&source, &at);
    let from = at.to_str().unwrap();
    let note = manifest["checkpoint"].as_str().unwrap();
    let key = source.run(&["proof", "key"]).unwrap().out;
    let key = key.trim_end();
    let (_, said) = restored(&source, &["--from", from, "--key", key]);
    assert_eq!(said["checkpoints"], 1, "the one in the manifest, which is of the log's last moment: {note}");
    assert_eq!(note.lines().nth(1).unwrap(), manifest["head"].to_string());

    // A checkpoint that was signed later: the backup has less than it.
    assert_eq!(
        source.run(&["subject", "erase", &person.to_string(), "--reason", "request"]).unwrap().code,
        0
    );
    sign("after.export");
    let later = source.run(&["proof", "checkpoint"]).unwrap().out;
    let kept = folder.path().join("kept");
    std::fs::write(&kept, later).unwrap();
    let target = hub();
    let kept = ["restore", "--from", from, "--key", key, "--checkpoint", kept.to_str().unwrap()];
    refused(&target.run(&kept).unwrap(), "the log ends at");
    let other = hub().run(&["proof", "key"]).unwrap().out;
    let other = other.trim_end();
    refused(&target.run(&["restore", "--from", from, "--key", other]).unwrap(), "isn't signed with this key");
    assert!(!target.data().exists());
}

fn refused(said: &Said, expected: &str) {
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.starts_with("error: ") && said.err.contains(expected), "{said:?}");
    assert_eq!(said.err.lines().count(), 1, "{said:?}");
}
