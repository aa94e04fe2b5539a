//! The documented way of backing up a log in PostgreSQL keeps every byte and every guard.

use std::process::Command;

use seinhuis_eventstore::{Log, verify};
use seinhuis_testkit::Postgres;

use crate::lamp::batch;

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_dump_restored_into_a_new_database_has_the_same_root_and_its_guards_and_goes_on() {
    let server = Postgres::start().unwrap();
    let (old, new) = (server.database().unwrap(), server.database().unwrap());
    let log = Log::open(&old).await.unwrap();
    for number in 0..50 {
        log.append(batch(&format!("lamp-{number}"), 0, 7)).await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    for (number, format) in ["custom", "plain"].into_iter().enumerate() {
        let target = if number == 0 { new.clone() } else { server.database().unwrap() };
        let dump = folder.path().join(format).display().to_string();
        let before = verify(&log).await.unwrap();
        run("pg_dump", &["--format", format, "--schema", "seinhuis*", "--file", &dump, "-d", &old]);
        // What comes in after the dump began isn't in it.
        log.append(batch(&format!("lamp-late-{format}"), 0, 1)).await.unwrap();
        match format {
            "custom" => run("pg_restore", &["--no-owner", "--exit-on-error", "-d", &target, &dump]),
            _ => run("psql", &["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &target, "-f", &dump]),
        }
        let restored = Log::open(&target).await.unwrap();
        let verdict = verify(&restored).await.unwrap();
        assert_eq!(verdict.findings, [], "{format}");
        assert_eq!((verdict.events, verdict.root), (before.events, before.root), "{format}");
        let next = restored.append(batch("lamp-0", 7, 1)).await.unwrap();
        assert_eq!(next.first.0, before.events + 1);
        restored.close().await;
    }
    log.close().await;
}
