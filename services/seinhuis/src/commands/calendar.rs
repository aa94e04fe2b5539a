//! `seinhuis calendar`: asks the Dutch calendar when a term is due, and why then.

mod batch;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Time;
use seinhuis_domain::calendar::{
    Calendar, Due, OfficeHours, Term, in_words_en, in_words_nl, read_start, render,
};

/// Questions to the calendar.
#[derive(Debug, Subcommand)]
pub(crate) enum CalendarCommand {
    /// When is a term due that starts at a moment? Prints the instant, then its reasons.
    Due(DueArgs),
}

/// What `calendar due` takes.
#[derive(Debug, Args)]
pub(crate) struct DueArgs {
    /// The start: 2026-04-02T10:00 on the clock in Amsterdam, with seconds or an offset if need be, or a bare day.
    /// In the hour that comes twice in autumn the first is meant; a time that spring skips is read an hour later.
    #[arg(long, value_parser = read_start, required_unless_present = "batch")]
    from: Option<Timestamp>,
    /// The term: 14d (days), 14sd and 6sw (statutory days, weeks), 5wd (working days), 8wh (working hours), 36h.
    #[arg(long, required_unless_present = "batch")]
    term: Option<Term>,
    /// The language of the reasons.
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
    /// Print one JSON object, with both languages.
    #[arg(long)]
    json: bool,
    /// Read lines of FROM, a tab and TERM; write one due instant per line, or `-` for a line that is refused.
    #[arg(long, conflicts_with_all = ["from", "term", "json", "lang"])]
    batch: bool,
    /// Read the lines from this file instead of standard input.
    #[arg(long, requires = "batch")]
    file: Option<PathBuf>,
    /// When the office opens on working days.
    #[arg(long, default_value = "09:00")]
    opens: Time,
    /// When it closes.
    #[arg(long, default_value = "17:00")]
    closes: Time,
}

/// The language of what is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English.
    #[default]
    En,
    /// Dutch.
    Nl,
}

/// Answer the question on standard output. An error means that something was refused, or could not be written.
pub(crate) fn run(command: CalendarCommand) -> anyhow::Result<()> {
    let CalendarCommand::Due(args) = command;
    let calendar = Calendar::new(OfficeHours::new(args.opens, args.closes)?);
    let done = match (args.from, args.term) {
        (Some(from), Some(term)) => one(&calendar, from, term, &args, &mut io::stdout().lock()),
        _ => many(&calendar, args.file.as_ref()),
    };
    match done {
        // Whoever reads our output has seen enough.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        done => done,
    }
}

fn one(
    calendar: &Calendar,
    from: Timestamp,
    term: Term,
    args: &DueArgs,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let due = calendar.due(from, term)?;
    if args.json {
        writeln!(out, "{:#}", as_json(from, term, &due)?)?;
        return Ok(());
    }
    writeln!(out, "{}", render(due.at))?;
    let words = if args.lang == Language::Nl { in_words_nl(due.at) } else { in_words_en(due.at) };
    writeln!(out, "{words}")?;
    for reason in &due.reasons {
        let told = if args.lang == Language::Nl { reason.dutch() } else { reason.to_string() };
        writeln!(out, "  - {told}")?;
    }
    Ok(())
}

fn as_json(from: Timestamp, term: Term, due: &Due) -> anyhow::Result<serde_json::Value> {
    let mut reasons = Vec::with_capacity(due.reasons.len());
    for reason in &due.reasons {
        let mut told = serde_json::to_value(reason)?;
        told["nl"] = reason.dutch().into();
        told["en"] = reason.to_string().into();
        reasons.push(told);
    }
    Ok(serde_json::json!({
        "from": render(from),
        "term": term,
        "due": render(due.at),
        "due_nl": in_words_nl(due.at),
        "due_en": in_words_en(due.at),
        "reasons": reasons,
    }))
}

fn many(calendar: &Calendar, file: Option<&PathBuf>) -> anyhow::Result<()> {
    let input: Box<dyn Read> = match file {
        Some(path) => Box::new(File::open(path).with_context(|| format!("open {}", path.display()))?),
        None => Box::new(io::stdin().lock()),
    };
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let input = BufReader::with_capacity(1 << 16, input);
    let totals = batch::answer(calendar, input, &mut out, &mut io::stderr().lock())?;
    out.flush()?;
    if totals.refused > 0 {
        bail!("{} of {} lines refused", totals.refused, totals.lines);
    }
    Ok(())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod specs {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Asked {
        #[command(subcommand)]
        command: CalendarCommand,
    }

    fn printed(arguments: &str) -> String {
        let asked = Asked::try_parse_from(format!("asked due {arguments}").split(' ')).unwrap();
        let CalendarCommand::Due(args) = asked.command;
        let calendar = Calendar::new(OfficeHours::new(args.opens, args.closes).unwrap());
        let mut out = Vec::new();
        one(&calendar, args.from.unwrap(), args.term.unwrap(), &args, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_instant_comes_first_and_then_its_reasons() {
        let text = printed("--from 2026-04-02T10:00 --term 3sd --lang nl");
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[..2], ["2026-04-09T00:00:00+02:00", "woensdag 8 april 2026 om 24.00 uur"]);
        assert!(lines[2..].iter().any(|line| line.contains("art. 2 Algemene termijnenwet")), "{text}");
    }

    #[test]
    fn json_holds_the_answer_in_both_languages() {
        let json: serde_json::Value =
            serde_json::from_str(&printed("--from 2026-04-02T10:00 --term 3sd --json")).unwrap();
        assert_eq!(json["due"], "2026-04-09T00:00:00+02:00");
        assert_eq!(json["due_en"], "Wednesday 8 April 2026 at 24:00");
        assert_eq!(json["reasons"][0]["rule"], "start_day_not_counted");
        assert_eq!(json["reasons"][0]["nl"], "de dag van aanvang telt niet mee: donderdag 2 april 2026");
    }

    #[test]
    fn an_office_with_other_hours_counts_its_own() {
        let text = printed("--from 2026-06-10T08:00 --term 4wh --opens 08:30 --closes 12:30");
        assert!(text.starts_with("2026-06-10T12:30:00+02:00\n"), "{text}");
    }

    #[test]
    fn a_wrong_term_is_refused_with_its_rule() {
        let asked = Asked::try_parse_from("asked due --from 2026-04-02 --term 3w".split(' '));
        let error = asked.err().unwrap().to_string();
        assert!(error.contains("the unit is one of d, sd, sw, wd, wh, h"), "{error}");
        assert!(Asked::try_parse_from(["asked", "due", "--term", "3d"]).is_err());
        assert!(Asked::try_parse_from(["asked", "due", "--batch", "--term", "3d"]).is_err());
    }
}
