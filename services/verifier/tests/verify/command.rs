//! `seinhuis-verify` as a process: what it prints and how it ends.

use std::path::Path;
use std::process::Command;

use crate::writer::{Author, Writer, event, export, five, leaf};

/// Exit code, standard output, standard error.
fn run(arguments: &[&str], key: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seinhuis-verify"));
    let output = command.args(arguments).args(["--key", key]).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn golden(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    folder.join(file).display().to_string()
}

fn golden_key() -> String {
    std::fs::read_to_string(golden("verifier.key")).unwrap().trim_end().to_owned()
}

#[test]
fn what_is_sound_is_told_so_and_ends_with_0() {
    let key = golden_key();
    let log = run(&["log", &golden("small.export"), "--checkpoint", &golden("kept.checkpoint")], &key);
    let root = "0d86e6e359101e0ce1d69b9f772849010d4d2fb26ae8956dd807a80f59ad7f81";
    let said = format!("log: 5 events, root {root}\n3 checkpoints hold, signed up to 5\nsound\n");
    assert_eq!(log, (0, said, String::new()));
    let included = run(&["inclusion", &golden("inclusion.json")], &key);
    assert_eq!(included, (0, "sound: event 4 is in the log of 5 events\n".to_owned(), String::new()));
    let grown = run(&["consistency", &golden("consistency.json")], &key);
    assert_eq!(grown.0, 0, "{grown:?}");
}

#[test]
fn what_is_found_is_told_by_position_and_ends_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let author = Author::numbered(1);
    let mut events = five();
    events[3] = event("lamp-1", 2, "other");
    let fork = path("fork.export", &export(&events, &author));
    let truth: Vec<_> = five().iter().map(|event| leaf(event)).collect();
    let kept = path("kept", &author.checkpoint(&truth[..4]));
    let (code, said, _) = run(&["log", &fork, "--checkpoint", &kept], &author.key().to_string());
    assert_eq!(code, 1);
    assert!(said.contains("  FOUND at 4: these events aren't the ones that were signed"), "{said}");
    assert!(said.ends_with("NOT sound\n"), "{said}");
    let open = Writer::new().events(&five()[..2]).checkpoint(&author).events(&five()[2..]).end();
    let (code, said, _) = run(&["log", &path("open.export", &open)], &author.key().to_string());
    assert_eq!(code, 0);
    assert!(said.contains("signed up to 2; the last 3 aren't signed yet"), "{said}");
    let (code, said, _) = run(&["inclusion", &golden("inclusion.json")], &author.key().to_string());
    assert_eq!((code, said.contains("it isn't signed with this key")), (1, true), "{said}");
}

#[test]
fn what_can_not_be_read_is_told_in_one_line_and_ends_with_2() {
    let key = golden_key();
    let no_export = golden("inclusion.json");
    let cases = [
        (["log", "no-such-file"], "no-such-file: No such file"),
        (["log", &no_export], "it isn't an export"),
        (["inclusion", "no-such-file"], "no-such-file: No such file"),
    ];
    for (arguments, expected) in cases {
        let (code, said, error) = run(&arguments, &key);
        assert_eq!((code, said.as_str()), (2, ""));
        assert!(error.starts_with("error: ") && error.contains(expected), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    let (code, _, error) = run(&["inclusion", &golden("consistency.json")], &key);
    assert_eq!((code, error.contains("its field kind isn't inclusion")), (2, true), "{error}");
    let (code, _, error) = run(&["log", &golden("small.export")], "seinhuis+00+AA==");
    assert_eq!((code, error.contains("--key <VKEY>")), (2, true), "{error}");
}
