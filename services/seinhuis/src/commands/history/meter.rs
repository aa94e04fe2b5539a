//! How far an export is, as a bar on the terminal; elsewhere nothing is shown.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};

/// Shows how far it is, until it is dropped.
pub(super) struct Meter(ProgressBar);

impl Meter {
    pub(super) fn new() -> Self {
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} % {elapsed} {msg}");
        let bar = if io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    /// It is to become a file of so many bytes.
    pub(super) fn is_of(&self, bytes: u64) {
        self.0.set_length(bytes);
    }

    /// So many bytes have come, the last ones now.
    pub(super) fn has_come(&self, bytes: usize) {
        self.0.inc(bytes as u64);
        self.0.set_message(format!("{} of {} bytes", self.0.position(), self.0.length().unwrap_or_default()));
    }

    /// The log was looked at from `after` up to `at`, of `until`.
    pub(super) fn looked_at(&self, after: u64, at: u64, until: u64) {
        self.0.set_length(until.saturating_sub(after));
        self.0.set_position(at.saturating_sub(after));
        self.0.set_message(format!("position {at} of {until}"));
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn it_says_how_many_bytes_have_come_and_how_far_in_the_log_it_is() {
        let meter = Meter::new();
        meter.is_of(900);
        [300, 150].into_iter().for_each(|bytes| meter.has_come(bytes));
        assert_eq!((meter.0.position(), meter.0.message().as_str()), (450, "450 of 900 bytes"));
        meter.looked_at(100, 300, 500);
        let (at, of) = (meter.0.position(), meter.0.length());
        assert_eq!((at, of, meter.0.message().as_str()), (200, Some(400), "position 300 of 500"));
    }
}
