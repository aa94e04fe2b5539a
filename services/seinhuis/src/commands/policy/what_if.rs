//! `seinhuis policy what-if DRAFT`: what happened, tried under another policy.

use std::io::{IsTerminal as _, stderr};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use seinhuis_domain::calendar::{read_start, render};
use seinhuis_domain::what_if::{Change, Draft, Pair};
use seinhuis_escalation::{Answer, Question, what_if};
use seinhuis_eventstore::Position;

use crate::cli::Surroundings;
use crate::commands::print;
use crate::profile;
use crate::say;
use crate::what_if::{csv, page};
use crate::whole_file::WholeFile;

/// Decides every case again as if a draft had been adopted at the beginning of a period, and compares the climbs.
#[derive(Debug, clap::Args)]
pub struct WhatIfArgs {
    /// The draft: the folder of a profile. Left out, it is the policies that held, and the log must come out as it is.
    draft: Option<String>,
    /// From when it is seen as adopted, and climbs are compared, as in 2026-01-01. Otherwise from the beginning.
    #[arg(long, value_parser = read_start)]
    from: Option<Timestamp>,
    /// Until when. Otherwise until the last event of the log.
    #[arg(long, value_parser = read_start)]
    to: Option<Timestamp>,
    /// Writes every climb and reminder that differs to this file, as CSV.
    #[arg(long)]
    csv: Option<PathBuf>,
    /// Writes a page with charts of the work of each person by week to this file, as HTML, in Dutch.
    #[arg(long)]
    html: Option<PathBuf>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command: 1 when the policies that held don't make of the log what it is.
pub(super) async fn run(args: WhatIfArgs, around: &Surroundings) -> anyhow::Result<u8> {
    let from = args.from.unwrap_or(Timestamp::MIN);
    if let Some(until) = args.to {
        ensure!(from < until, "--from {} is not before --to {}", render(from), render(until));
    }
    let draft = args.draft.as_deref().map(|name| profile::named(name).context("the draft"));
    let draft = draft.transpose()?.map(|loaded| Draft { profile: Box::new(loaded.profile), from });
    let begin = |path: &Option<PathBuf>| path.as_deref().map(WholeFile::begin).transpose();
    let (table, html) = (begin(&args.csv)?, begin(&args.html)?);
    let store = around.store().await?;
    let (began, bar) = (Instant::now(), Bar::new());
    let answer =
        what_if(&store.log, Question { draft, from, until: args.to }, |at, of| bar.show(at, of)).await;
    bar.close();
    store.close().await;
    let (answer, took) = (answer?, began.elapsed());
    if let Some(mut file) = table {
        csv::write(&answer.comparison, file.writer())?;
        file.keep()?;
    }
    if let Some(mut file) = html {
        let title = args.draft.as_deref().unwrap_or("het beleid dat gold");
        file.write(page::page(title, args.from, &answer)?.as_bytes())?;
        file.keep()?;
    }
    if args.json {
        print::json(&json(&answer, took))
    } else {
        told(&answer, took)
    }
    Ok(u8::from(answer.identity.is_some_and(|identity| !identity.holds())))
}

fn told(answer: &Answer, took: Duration) {
    let (comparison, seconds) = (&answer.comparison, took.as_secs_f64());
    let rate = answer.events as f64 / seconds.max(1e-3);
    say!("{} events in {seconds:.1} s ({rate:.0}/s)", answer.events);
    if let Some(identity) = &answer.identity {
        match identity.first_other {
            _ if identity.holds() => {
                say!("{} events of cases: decided again byte for byte", identity.same);
            }
            None => say!("NOT the same: the log ends before what was decided again"),
            Some(position) => say!("NOT the same: {} events, the first at {position}", identity.other),
        }
    }
    say!();
    let row = |name: String, pair: &Pair| vec![name, pair.happened.to_string(), pair.would.to_string()];
    let mut rows: Vec<_> =
        comparison.by_rung.iter().map(|(rung, pair)| row(rung.to_string(), pair)).collect();
    rows.push(row("terms missed".into(), &comparison.missed));
    rows.push(row("reminders".into(), &comparison.reminders));
    print::table(&["climbs", "happened", "would have"], &rows);
    say!();
    let rows: Vec<_> =
        comparison.by_person.iter().map(|(person, pair)| row(person.to_string(), pair)).collect();
    print::table(&["told", "happened", "would have"], &rows);
    say!();
    let mut rows = vec![vec!["the same".to_owned(), comparison.same.to_string()]];
    let counted = |(change, count): (Change, usize)| vec![change.english().to_owned(), count.to_string()];
    rows.extend(comparison.changes().into_iter().map(counted));
    rows.push(vec!["acts that would have been refused".into(), answer.refused.to_string()]);
    print::table(&["each climb and reminder", ""], &rows);
}

fn json(answer: &Answer, took: Duration) -> serde_json::Value {
    let comparison = &answer.comparison;
    let pair = |pair: &Pair| serde_json::json!({ "happened": pair.happened, "would": pair.would });
    let named = |(name, both): (String, &Pair)| (name, pair(both));
    let by = |pairs: Vec<(String, &Pair)>| {
        pairs.into_iter().map(named).collect::<serde_json::Map<String, serde_json::Value>>()
    };
    let changes: serde_json::Map<_, _> = comparison
        .changes()
        .into_iter()
        .map(|(change, count)| (change.as_str().to_owned(), count.into()))
        .collect();
    serde_json::json!({
        "events": answer.events,
        "position": answer.position.0,
        "seconds": took.as_secs_f64(),
        "identity": answer.identity.as_ref().map(|identity| serde_json::json!({
            "holds": identity.holds(),
            "same": identity.same,
            "other": identity.other,
            "first_other": identity.first_other.map(|position| position.0),
        })),
        "same": comparison.same,
        "changes": changes,
        "refused": answer.refused,
        "reminders": pair(&comparison.reminders),
        "missed": pair(&comparison.missed),
        "by_rung": by(comparison.by_rung.iter().map(|(rung, pair)| (rung.to_string(), pair)).collect()),
        "by_person": by(comparison.by_person.iter().map(|(id, pair)| (id.to_string(), pair)).collect()),
        "by_area": by(comparison.by_area.iter().map(|(area, pair)| (area.to_string(), pair)).collect()),
        "by_hour": by(comparison.by_hour.iter().map(|(hour, pair)| (hour.to_string(), pair)).collect()),
    })
}

/// How far it is, on a terminal.
struct Bar(Option<ProgressBar>);

impl Bar {
    fn new() -> Self {
        Self(stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:30} {percent:>3} % {elapsed} {per_sec} {eta}");
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        }))
    }

    fn show(&self, at: Position, of: Position) {
        if let Some(bar) = &self.0 {
            bar.set_length(of.0);
            bar.set_position(at.0);
        }
    }

    fn close(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
