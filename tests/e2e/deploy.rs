//! What ships for running the hub elsewhere is accepted by the programs that read it, and names only what there is.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use seinhuis::config::{self, Flag, Sources};
use seinhuis::role::Role;

use crate::scene::own;

/// The text of what a program said, unless it refused.
fn accepted(output: &Output) -> String {
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", said(&output.stdout), said(&output.stderr));
    said(&output.stdout)
}

/// A program that this machine may lack: run, or skipped loudly.
fn if_there(name: &str, arguments: &[&str]) -> Option<Output> {
    let run = Command::new(name).args(arguments).output();
    if run.is_err() {
        eprintln!("SKIPPED: there is no {name} on this machine");
    }
    run.ok()
}

/// `docker compose` with its file, or the program of that name from before it was a part of docker.
fn compose(arguments: &[&str]) -> Option<Output> {
    let file = own("../deploy/compose.yaml");
    let arguments = [&["-f", file.to_str().unwrap(), "--profile", "feed"], arguments].concat();
    let run = |program: &str, first: &[&str]| {
        let known = Command::new(program).args(first).arg("version").output();
        known.is_ok_and(|known| known.status.success()).then(|| {
            let mut command = Command::new(program);
            command.args(first).args(&arguments).env_remove("SEINHUIS_USER").output().unwrap()
        })
    };
    let ran = run("docker", &["compose"]).or_else(|| run("docker-compose", &[]));
    if ran.is_none() {
        eprintln!("SKIPPED: neither `docker compose` nor docker-compose is on this machine");
    }
    ran
}

#[test]
fn compose_accepts_the_file_and_finds_every_service_in_it() {
    let Some(read) = compose(&["config", "--services"]) else { return };
    let services = accepted(&read);
    for service in ["ingest-1", "ingest-2", "monitor", "gateway", "postgres", "nats"] {
        assert!(services.lines().any(|line| line == service), "{service} isn't in\n{services}");
    }
    let whole = accepted(&compose(&["config"]).unwrap());
    assert!(whole.contains("role/erasure"), "{whole}");
}

#[test]
fn the_gateway_accepts_its_configuration() {
    let configuration = own("../deploy/compose/gateway.cfg");
    let Some(read) = if_there("haproxy", &["-c", "-f", configuration.to_str().unwrap()]) else { return };
    accepted(&read);
}

#[test]
fn the_shell_accepts_the_scripts() {
    for script in ["secrets.sh", "databases.sh"] {
        let script = own("../deploy/compose").join(script);
        accepted(&Command::new("sh").arg("-n").arg(&script).output().unwrap());
    }
}

/// Copies the units, with a program in them that exists here: systemd looks for it.
fn units(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        if path.is_dir() {
            units(&path, &copy);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(copy, text.replace("/usr/bin/seinhuis", "/bin/true")).unwrap();
        }
    }
}

#[test]
fn systemd_accepts_the_units_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    units(&own("../deploy/systemd"), folder.path());
    for unit in
        ["seinhuis.target", "seinhuis@ingest.service", "seinhuis@notify.service", "seinhuis@proof.service"]
    {
        let at = folder.path().join(unit);
        let Some(read) = if_there("systemd-analyze", &["verify", at.to_str().unwrap()]) else { return };
        accepted(&read);
        // What it doesn't know it only mentions.
        assert_eq!(String::from_utf8_lossy(&read.stderr), "", "{unit}");
    }
}

fn text(path: &str) -> String {
    std::fs::read_to_string(own("../deploy").join(path)).unwrap()
}

/// The name and the text of every service in the compose file.
fn services() -> Vec<(String, String)> {
    let text = text("compose.yaml");
    let (_, services) = text.split_once("\nservices:\n").unwrap();
    let (services, _) = services.split_once("\nnetworks:\n").unwrap();
    let mut found: Vec<(String, String)> = Vec::new();
    for line in services.lines() {
        let name = line.strip_prefix("  ").and_then(|line| line.split_once(':')).map(|(name, _)| name);
        match name.filter(|name| !name.starts_with([' ', '#'])) {
            Some(name) => found.push((name.to_owned(), line.to_owned())),
            None => found.last_mut().into_iter().for_each(|(_, text)| *text += line),
        }
    }
    found
}

/// The instance and the drop-in of every unit of the target.
fn instances() -> Vec<(String, String)> {
    let target = text("systemd/seinhuis.target");
    let wanted =
        target.lines().filter_map(|line| line.strip_prefix("Wants=")).flat_map(str::split_whitespace);
    let instance =
        |unit: &str| unit.strip_prefix("seinhuis@").unwrap().strip_suffix(".service").unwrap().to_owned();
    let with_role = |name: String| {
        let role = text(&format!("systemd/seinhuis@{name}.service.d/role.conf"));
        (name, role)
    };
    wanted.map(instance).map(with_role).collect()
}

#[test]
fn every_role_has_a_service_and_a_unit_and_only_who_needs_a_key_has_it() {
    let (services, units) = (services(), instances());
    for role in Role::ALL.iter().copied() {
        let command = format!("command: [serve, --role, {role}]");
        let service = services.iter().find(|(_, text)| text.contains(&command));
        let (_, service) = service.unwrap_or_else(|| panic!("{role} has no service"));
        assert!(service.contains(&format!("health, role/{role}]")), "{role}: {service}");
        assert_eq!(service.contains("*settings-with-keys"), role.needs_keys(), "{role}: {service}");
        let secret = |name| service.contains(&format!("{name}]"));
        assert_eq!(
            (secret("master.key"), secret("proof.key")),
            (role.needs_keys(), role == Role::Proof),
            "{role}"
        );

        let unit = units.iter().find(|(name, _)| name.as_str() == role.name());
        let (_, unit) = unit.unwrap_or_else(|| panic!("{role} has no unit"));
        assert_eq!(unit.contains("LoadCredential=master.key:"), role.needs_keys(), "{role}: {unit}");
        assert_eq!(unit.contains("pgpass.keys"), role.needs_keys(), "{role}: {unit}");
        assert_eq!(unit.contains("LoadCredential=proof.key:"), role == Role::Proof, "{role}: {unit}");
    }
    let serving = services.iter().filter(|(_, text)| text.contains("[serve, --role, ")).count();
    assert_eq!(serving, Role::ALL.len(), "another role is named");
    assert!(services.iter().any(|(name, text)| name == "ingest-2" && text.ends_with("*ingest")));
    let second = units.iter().find(|(name, _)| name == "ingest-2").unwrap();
    assert!(second.1.contains("Environment=SEINHUIS_SERVE__ROLES=ingest\n"), "{second:?}");
    assert_eq!(units.len(), Role::ALL.len() + 1);
}

#[test]
fn every_setting_that_is_named_exists() {
    let (folder, file) = (tempfile::tempdir().unwrap(), own("../deploy/split.toml"));
    let data = || Flag { name: "--data", key: "data.folder", value: folder.path().display().to_string() };
    let load = |role: Role| {
        let environment = vec![
            ("SEINHUIS_SERVE__ROLES".to_owned(), role.name().into()),
            ("SEINHUIS_FEED__OIN".to_owned(), "00000001823288444000".into()),
        ];
        config::load(&Sources { file: Some(&file), environment, flags: vec![data()] }).unwrap()
    };
    let keys: BTreeSet<String> =
        Role::ALL.iter().flat_map(|role| load(*role).settings).map(|s| s.key).collect();

    let units = text("systemd/seinhuis@.service")
        + &instances().into_iter().map(|(_, text)| text).collect::<String>();
    let named = |text: &str| -> BTreeSet<String> {
        let words =
            text.split(|c: char| !c.is_ascii_uppercase() && c != '_').filter(|word| word.contains("__"));
        let settings = words.filter_map(|word| word.strip_prefix("SEINHUIS_"));
        settings.map(|setting| setting.to_lowercase().replace("__", ".")).collect()
    };
    let (in_compose, in_units) = (named(&text("compose.yaml")), named(&units));
    assert!(in_compose.len() > 8 && in_units.len() > 3, "{in_compose:?} {in_units:?}");
    let unknown: Vec<_> = in_compose.union(&in_units).filter(|key| !keys.contains(*key)).collect();
    assert_eq!(unknown, Vec::<&String>::new());
}
