//! What the layers make together, and that the reference is complete.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use tempfile::TempDir;

use super::*;

mod refusals;

/// A data folder of its own, so that no file lying about is read.
fn folder(file: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    if !file.is_empty() {
        fs::write(folder.path().join(FILE_NAME), file).unwrap();
    }
    folder
}

fn loaded(
    file: &str,
    environment: &[(&str, &str)],
    flags: &[(&'static str, &'static str, &str)],
) -> Result<Effective, ConfigError> {
    let folder = folder(file);
    let data = folder.path().display().to_string();
    let mut flags: Vec<Flag> =
        flags.iter().map(|(name, key, value)| Flag { name, key, value: (*value).into() }).collect();
    flags.push(Flag { name: "--data", key: "data.folder", value: data });
    let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    load(&Sources { file: None, environment, flags })
}

/// The error, with the folder of the test left out.
fn refused(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &'static str, &str)]) -> String {
    match loaded(file, environment, flags).unwrap_err() {
        ConfigError::Broken(mut broken) => {
            if let Origin::File { file, .. } = &mut broken.origin {
                *file = FILE_NAME.into();
            }
            broken.to_string()
        }
        other => panic!("{other}"),
    }
}

fn origin(effective: &Effective, key: &str) -> String {
    effective.settings.iter().find(|setting| setting.key == key).unwrap().origin.to_string()
}

#[test]
fn the_reference_alone_is_a_whole_and_safe_configuration() {
    let Effective { config, settings } = loaded("", &[], &[]).unwrap();
    assert!(config.listen.address.ip().is_loopback());
    assert_eq!((config.listen.tls(), config.listen.insecure), (None, false));
    assert_eq!(config.ingest.clock_skew, Duration::from_secs(300));
    assert_eq!((config.notify.smtp.host, config.keys.master_file), (None, None));
    assert_eq!(config.clock.start, None);
    let set: Vec<_> =
        settings.iter().filter(|s| s.origin != Origin::Default).map(|s| s.key.as_str()).collect();
    assert_eq!(set, ["data.folder"]);
}

/// The tree refuses a missing key and an unknown one, so taking any key away must fail: the reference has every key,
/// and each of them is read.
#[test]
fn the_reference_has_every_key_there_is_and_no_other() {
    let table: toml::Table = REFERENCE.parse().unwrap();
    let whole: Result<Config, _> = serde::Deserialize::deserialize(toml::Value::Table(table.clone()));
    whole.unwrap();
    let mut tried = 0;
    for key in loaded("", &[], &[]).unwrap().settings.into_iter().map(|setting| setting.key) {
        let mut less = table.clone();
        let (section, name) = key.rsplit_once('.').unwrap();
        let inner = section.split('.').fold(&mut less, |table, part| table[part].as_table_mut().unwrap());
        inner.remove(name).unwrap();
        let left: Result<Config, _> = serde::Deserialize::deserialize(toml::Value::Table(less));
        let said = left.unwrap_err().message().to_owned();
        assert_eq!(said, format!("missing field `{name}`"), "{key}");
        tried += 1;
    }
    assert_eq!(
        tried,
        REFERENCE.lines().filter(|line| line.contains(" = ") && !line.starts_with('#')).count()
    );
}

#[test]
fn every_key_of_the_reference_is_explained_by_a_comment_above_it() {
    let lines: Vec<&str> = REFERENCE.lines().collect();
    for (above, line) in lines.iter().zip(&lines[1..]) {
        let is_key = line.contains(" = ") && !line.starts_with('#');
        // Keys that stand together share the comment above the first of them.
        assert!(!is_key || above.starts_with('#') || above.contains(" = "), "{line}");
    }
}

#[test]
fn each_layer_overrides_those_below_and_is_named_as_the_origin() {
    let file = "[ingest]\nburst = 7\nin_flight = 8\nmessage_bytes = 2048\n";
    let environment = [("SEINHUIS_INGEST__BURST", "70"), ("SEINHUIS_INGEST__IN_FLIGHT", "80")];
    let effective = loaded(file, &environment, &[("--burst", "ingest.burst", "700")]).unwrap();
    let ingest = &effective.config.ingest;
    assert_eq!((ingest.burst.get(), ingest.in_flight.get(), ingest.message_bytes), (700, 80, 2048));
    assert_eq!(origin(&effective, "ingest.burst"), "--burst");
    assert_eq!(origin(&effective, "ingest.in_flight"), "SEINHUIS_INGEST__IN_FLIGHT");
    assert!(origin(&effective, "ingest.message_bytes").ends_with("seinhuis.toml:4"));
    assert_eq!(origin(&effective, "ingest.clock_skew"), "default");
}

#[test]
fn a_known_section_may_be_empty() {
    assert!(loaded("[listen]\n[notify.smtp]\n", &[], &[]).is_ok());
}

#[test]
fn every_key_can_be_set_from_the_environment() {
    let keys: BTreeSet<String> = loaded("", &[], &[]).unwrap().settings.into_iter().map(|s| s.key).collect();
    for setting in loaded("", &[], &[]).unwrap().settings.into_iter().filter(|s| s.key != "data.folder") {
        let name = format!("SEINHUIS_{}", setting.key.replace('.', "__").to_uppercase());
        let text = setting.value.as_str().map_or_else(|| setting.value.to_string(), str::to_owned);
        let effective = loaded("", &[(&name, &text)], &[]).unwrap();
        assert_eq!(origin(&effective, &setting.key), name);
    }
    assert!(keys.contains("notify.smtp.password_file"));
}

#[test]
fn what_is_printed_can_be_read_again_and_says_the_same() {
    let first =
        loaded("", &[], &[("--speed", "clock.speed", "3600"), ("--filter", "log.filter", "warn,\"x\" # y")])
            .unwrap();
    let printed = first.to_string();
    assert!(printed.contains("\nspeed = 3600.0"), "{printed}");
    assert!(printed.contains(" # --speed\n") && printed.contains(" # default\n"), "{printed}");
    let folder = folder(&printed);
    let named = folder.path().join(FILE_NAME);
    let again = load(&Sources { file: Some(&named), ..Sources::default() }).unwrap();
    assert_eq!(again.config, first.config);
}

#[test]
fn no_setting_holds_a_secret_only_the_name_of_a_file_that_does() {
    for setting in loaded("", &[], &[]).unwrap().settings {
        let name = setting.key.rsplit('.').next().unwrap();
        let telling = ["password", "secret", "token", "master"].iter().any(|word| name.contains(word));
        assert!(!telling || name.ends_with("_file"), "{}", setting.key);
    }
}

#[test]
fn a_clock_that_runs_fast_or_starts_elsewhere_is_a_rehearsal() {
    let clock = |flags: &[_]| loaded("", &[], flags).unwrap().config.clock.is_rehearsal();
    assert!(!clock(&[]));
    assert!(clock(&[("--speed", "clock.speed", "60")]));
    assert!(clock(&[("--start", "clock.start", "2026-03-09T09:00:00+01:00")]));
}

#[test]
fn json_holds_key_value_and_origin() {
    let json = loaded("", &[], &[("--speed", "clock.speed", "60")]).unwrap().json().unwrap();
    let speed = json.as_array().unwrap().iter().find(|setting| setting["key"] == "clock.speed").unwrap();
    assert_eq!(*speed, serde_json::json!({ "key": "clock.speed", "value": 60.0, "origin": "--speed" }));
}

#[test]
fn a_sender_may_have_a_name() {
    let file = "[notify.smtp]\nhost = \"mail\"\nfrom = \"Seinhuis <seinhuis@gemeente.example>\"";
    assert!(loaded(file, &[], &[]).is_ok());
}
