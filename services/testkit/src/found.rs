//! Looking for a text wherever a hub keeps things.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use crate::hub::Hub;

impl Hub {
    /// Where one of `texts` stands in what the hub keeps: in the files of its data folder, and in its databases as
    /// `pg_dump` writes them out, where bytes are hexadecimal digits.
    pub fn found(&self, texts: &[&str]) -> anyhow::Result<Vec<String>> {
        let mut places = Vec::new();
        in_files(&self.data(), texts, &mut places)?;
        for (variable, url) in self.databases() {
            let dump = dump(url)?;
            for text in texts {
                let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
                if [*text, &digits].iter().any(|form| holds(&dump, form.as_bytes())) {
                    places.push(format!("{text} in the database of {variable}"));
                }
            }
        }
        Ok(places)
    }
}

fn in_files(folder: &Path, texts: &[&str], places: &mut Vec<String>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            in_files(&path, texts, places)?;
            continue;
        }
        let bytes = std::fs::read(&path)?;
        let found = texts.iter().filter(|text| holds(&bytes, text.as_bytes()));
        places.extend(found.map(|text| format!("{text} in {}", path.display())));
    }
    Ok(())
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

fn dump(url: &str) -> anyhow::Result<Vec<u8>> {
    let output = Command::new("pg_dump").args(["--no-password", "--dbname", url]).output();
    let output = output.context("pg_dump can't be started: install postgresql-client")?;
    ensure!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(output.stdout)
}
