//! How far it is, on standard error: a bar on a terminal, a line at every tenth elsewhere, or nothing at all.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

use super::totals::Totals;

/// Whether to show how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// A bar or lines.
    Progress,
    /// Nothing.
    Nothing,
}

/// Shows how far it is.
pub(super) enum Meter {
    Silent,
    Bar(ProgressBar),
    Lines { bytes: u64, tenths: u64, out: Box<dyn Write + Send> },
}

impl Meter {
    /// For a file of so many bytes.
    pub(super) fn new(show: Show, bytes: u64) -> Self {
        match show {
            Show::Nothing => Self::Silent,
            Show::Progress if io::stderr().is_terminal() => {
                let bar = ProgressBar::new(bytes);
                let style = ProgressStyle::with_template("{bar:30} {percent:>3} % {elapsed} {msg}");
                Self::Bar(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
            }
            Show::Progress => Self::lines(bytes, Box::new(io::stderr())),
        }
    }

    fn lines(bytes: u64, out: Box<dyn Write + Send>) -> Self {
        Self::Lines { bytes, tenths: 0, out }
    }

    /// So many bytes are settled.
    pub(super) fn show(&mut self, at: u64, totals: &Totals) {
        match self {
            Self::Silent => {}
            Self::Bar(bar) => {
                bar.set_position(at);
                bar.set_message(words(totals));
            }
            Self::Lines { bytes, tenths, out } => {
                let now = (at * 10).checked_div(*bytes).unwrap_or(10);
                if now > *tenths {
                    *tenths = now;
                    // Who can't be told how far it is still gets the signals sent.
                    let _ = writeln!(out, "{} %: {}", now * 10, words(totals));
                }
            }
        }
    }

    /// Something the reader should know now.
    pub(super) fn tell(&mut self, text: &str) {
        match self {
            Self::Silent => {}
            Self::Bar(bar) => bar.suspend(|| {
                let _ = writeln!(io::stderr(), "{text}");
            }),
            Self::Lines { out, .. } => {
                let _ = writeln!(out, "{text}");
            }
        }
    }

    /// It's over.
    pub(super) fn close(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn words(totals: &Totals) -> String {
    let Totals { rows, new, duplicates, refused, .. } = totals;
    format!("{rows} rows: {new} new, {duplicates} duplicates, {refused} refused")
}

#[cfg(test)]
mod specs {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Sheet(Arc<Mutex<Vec<u8>>>);

    impl Write for Sheet {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(text)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn without_a_terminal_each_tenth_is_one_line() {
        let sheet = Sheet::default();
        let mut meter = Meter::lines(1000, Box::new(sheet.clone()));
        for at in (0..=1000).step_by(50) {
            meter.show(at, &Totals { rows: at, new: at, ..Totals::default() });
        }
        meter.close();
        let text = String::from_utf8(sheet.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 10, "{text}");
        assert_eq!(text.lines().last(), Some("100 %: 1000 rows: 1000 new, 0 duplicates, 0 refused"));
    }
}
