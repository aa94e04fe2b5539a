//! What is said once the hub serves: where, who may use it, and what to try.

use std::fmt::Write as _;
use std::path::Path;

use super::hub::Hub;
use super::place::Place;
use crate::workspace::Workspace;

/// Two cases of one household, in the columns of `deploy/maps/corporatie-vera.toml`.
const CASES: &str = "\
zaaknummer;registratiedatum;soort;wijkcode;postcode;huisnummer;toevoeging;dossier;spoed;relatienummer;naam;geboortedatum;achterstand_maanden;toelichting
1001;02-03-2026 09:15;HUA;WK150900;7071 AB;12;;D-17;N;R-55;A. Bewoner;01-02-1970;3;Derde maand huurachterstand
1002;03-03-2026 11:40;GEL;WK150900;7071 AB;12;;D-17;J;;;;;Geluid in de nacht
";

/// Says it.
pub(super) fn say(hub: &Hub<'_>, place: &Place, workspace: &Workspace) -> anyhow::Result<()> {
    let cases = place.at("zaken.csv");
    std::fs::write(&cases, CASES)?;
    let mut text = String::from("\nThe hub serves:\n\n");
    for process in &hub.processes {
        let (name, pid) = (&process.child.name, process.child.pid);
        writeln!(text, "  {name:<13} {}  process {pid}", process.url)?;
    }
    let (partner, regisseur) = (hub.token("wonion"), hub.token("gebiedsregisseur-ulft"));
    writeln!(text, "\nToken of wonion, a partner:                   {}", std::fs::read_to_string(&partner)?)?;
    writeln!(text, "Token of gebiedsregisseur-ulft, an official:  {}", std::fs::read_to_string(&regisseur)?)?;
    let at = |role: &str| {
        let has = |own: &str| own == role || own == "all";
        hub.processes.iter().find(|process| has(process.role)).map_or("", |process| process.url.as_str())
    };
    let program = hub.program.display();
    let with = |token: &Path, address: &str| format!("--token-file {} --address {address}", token.display());
    let map = workspace.root.join("deploy/maps/corporatie-vera.toml");
    let (report, ask) = (with(&partner, at("ingest")), with(&regisseur, at("monitor")));
    writeln!(text, "\nTry, in another terminal:\n")?;
    writeln!(text, "  {program} watch --after 0 {ask}")?;
    writeln!(text, "  {program} send {} --map {} {report}", cases.display(), map.display())?;
    writeln!(text, "  {program} board WK150900 {ask}")?;
    let data = format!("--config {} --data {}", hub.settings().display(), place.at("data").display());
    writeln!(text, "  {program} verify {data}")?;
    writeln!(text, "\nCtrl-C stops it.\n")?;
    print!("{text}");
    Ok(())
}
