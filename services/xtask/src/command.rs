//! Running other programs: what was run is said, and a failure names the program and how it ended.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, bail};

/// Which of a program's two outputs is listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Standard,
    Error,
}

/// Runs it with its output on the terminal.
///
/// # Errors
/// When it cannot be started, or does not end with success.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = status(command)?;
    verdict(command, status)
}

/// Runs it with its output on the terminal, and leaves the verdict to the caller.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn status(command: &mut Command) -> anyhow::Result<ExitStatus> {
    say(command);
    command.status().with_context(|| format!("{} cannot be started", name(command)))
}

/// Runs it without a word and gives what it wrote to standard output.
///
/// # Errors
/// When it cannot be started, does not end with success (with what it wrote to standard error), or writes no UTF-8.
pub(crate) fn capture(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{} cannot be started", name(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("{} ended with {}: {}", name(command), output.status, complaint.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} wrote no UTF-8", name(command)))
}

/// Runs it with its output on the terminal, and shows every line of one of its outputs to `listen` as well, without
/// colour codes. The verdict is left to the caller, who may want to tell first what was heard.
///
/// # Errors
/// When it cannot be started or its output cannot be read.
pub(crate) fn listen(
    command: &mut Command,
    to: Output,
    mut listen: impl FnMut(&str),
) -> anyhow::Result<ExitStatus> {
    say(command);
    match to {
        Output::Standard => command.stdout(Stdio::piped()),
        Output::Error => command.stderr(Stdio::piped()),
    };
    let mut child = command.spawn().with_context(|| format!("{} cannot be started", name(command)))?;
    let heard = match (child.stdout.take(), child.stderr.take()) {
        (Some(out), _) => pass_on(out, std::io::stdout().lock(), &mut listen),
        (None, Some(err)) => pass_on(err, std::io::stderr().lock(), &mut listen),
        (None, None) => Ok(()),
    };
    let status = child.wait().with_context(|| format!("{} cannot be waited for", name(command)))?;
    heard.with_context(|| format!("what {} wrote cannot be read", name(command)))?;
    Ok(status)
}

/// An error unless it ended with success.
pub(crate) fn verdict(command: &Command, status: ExitStatus) -> anyhow::Result<()> {
    if !status.success() {
        bail!("{} ended with {status}", name(command));
    }
    Ok(())
}

/// Where a program is found on the PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn pass_on(from: impl Read, mut to: impl Write, listen: &mut impl FnMut(&str)) -> std::io::Result<()> {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        to.flush()?;
        listen(without_colour(&String::from_utf8_lossy(&line)).trim_end());
        line.clear();
    }
    Ok(())
}

/// The text without its terminal escape sequences (ECMA-48 control sequences: `ESC [` up to a letter).
fn without_colour(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|c: char| ('@'..='~').contains(&c)).map_or(after.len(), |at| at + 1);
        rest = &after[end..];
    }
    plain.push_str(rest);
    plain
}

fn say(command: &Command) {
    let words = command.get_args().map(|word| word.to_string_lossy());
    eprintln!("$ {} {}", name(command), words.collect::<Vec<_>>().join(" "));
}

fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn colour_codes_are_dropped_and_nothing_else() {
        assert_eq!(without_colour("\u{1b}[32;1m Summary\u{1b}[0m [ 1.2s] 3 run"), " Summary [ 1.2s] 3 run");
        assert_eq!(without_colour("plain [ text ]"), "plain [ text ]");
        assert_eq!(without_colour("cut off \u{1b}[32"), "cut off ");
    }

    #[test]
    fn every_line_is_heard_also_one_that_is_not_text_or_not_ended() {
        let mut heard = Vec::new();
        let mut shown = Vec::new();
        let input: &[u8] = b"one\n\xff two\nthree";
        pass_on(input, &mut shown, &mut |line: &str| heard.push(line.to_owned())).unwrap();
        assert_eq!(shown, input);
        assert_eq!(heard, ["one", "\u{fffd} two", "three"]);
    }

    #[test]
    fn a_program_that_fails_is_named_with_how_it_ended() {
        let failure = capture(Command::new("sh").args(["-c", "echo broken >&2; exit 3"])).unwrap_err();
        let said = failure.to_string();
        assert!(said.contains("sh ended with exit status: 3") && said.contains("broken"), "{said}");
        let missing = run(&mut Command::new("there-is-no-such-program")).unwrap_err();
        assert_eq!(missing.to_string(), "there-is-no-such-program cannot be started");
    }
}
