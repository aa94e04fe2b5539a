//! When a receiver asks to be called again: the header `retry-after`, in seconds or as a date (RFC 9110).

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

/// How long from `now`; nothing where the text is neither, or lies in the past.
pub(super) fn retry_after(text: &str, now: Timestamp) -> Option<SignedDuration> {
    let text = text.trim();
    let wait = match text.parse::<u32>() {
        Ok(seconds) => SignedDuration::from_secs(seconds.into()),
        Err(_) => DateTimeParser::new().parse_timestamp(text).ok()?.duration_since(now),
    };
    wait.is_positive().then_some(wait)
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn seconds_and_dates_are_understood_and_the_rest_is_passed_over() {
        let now = "2026-04-02T10:00:00Z".parse().unwrap();
        let seconds = |text| retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("Thu, 02 Apr 2026 10:30:00 GMT"), Some(1800));
        for text in ["0", "-5", "soon", "", "Thu, 02 Apr 2026 09:59:59 GMT", "99999999999"] {
            assert_eq!(seconds(text), None, "{text:?}");
        }
    }
}
