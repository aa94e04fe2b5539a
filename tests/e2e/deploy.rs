//! What ships for running the hub elsewhere is accepted by the programs that read it, and names only what there is.

use std::path::Path;
use std::process::{Command, Output};

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
    let arguments = [&["-f", file.to_str().unwrap()], arguments].concat();
    let run = |program: &str, first: &[&str]| {
        let known = Command::new(program).args(first).arg("version").output();
        known.is_ok_and(|known| known.status.success()).then(|| {
            let mut command = Command::new(program);
            command.args(first).args(&arguments).env("SEINHUIS_USER", "1000:1000").output().unwrap()
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
