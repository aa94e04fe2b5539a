//! From a signal as it came in to one in which every field keeps its rules, or to all the rules it breaks.
//!
//! What a personal field holds is never repeated: its violations say that the value is withheld.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use seinhuis_contract::proto::common::v1 as words;
use seinhuis_contract::proto::ingest::v1::Common;
use seinhuis_contract::status::{Problem, Violation};
use seinhuis_contract::{kinds, time};
use seinhuis_domain::area::AreaMap;
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::{Sector, Urgency};
use zeroize::Zeroizing;

use crate::checked::{Checked, Secret};
use crate::incoming::{Details, Incoming};
use crate::locate;

mod details;
mod place;
mod subject;

const REFERENCE_MAX: usize = 128;
const HOUSEHOLD_KEY_MAX: usize = 128;
const FREE_TEXT_MAX: usize = 8 * 1024;
const SUBJECTS_MAX: usize = 16;
const CHANNEL_MAX: usize = 32;
/// 2000-01-01T00:00Z.
const EARLIEST: Timestamp = Timestamp::constant(946_684_800, 0);

/// By what a signal is judged.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) map: &'a AreaMap,
    pub(crate) now: Timestamp,
    pub(crate) clock_skew: Duration,
}

/// What was found wrong so far.
#[derive(Default)]
struct Found(Vec<Violation>);

impl Found {
    /// The value, or a note of what is wrong with it.
    fn take<T>(&mut self, checked: Result<T, Violation>) -> Option<T> {
        checked.map_err(|violation| self.0.push(violation)).ok()
    }
}

/// Checks a signal. Finds everything that is wrong with it, not only the first thing.
pub(crate) fn signal(incoming: Option<Incoming>, rules: &Rules<'_>) -> Result<Checked, Problem> {
    let mut found = Found::default();
    match whole(incoming, rules, &mut found) {
        Some(checked) if found.0.is_empty() => Ok(checked),
        _ => Err(Problem::Invalid(found.0)),
    }
}

fn whole(incoming: Option<Incoming>, rules: &Rules<'_>, found: &mut Found) -> Option<Checked> {
    let Some(incoming) = incoming else {
        return found.take(Err(Violation::absent("signal", "a signal")));
    };
    let kind = found.take(kind(incoming.sector(), incoming.kind));
    let details = details::of(incoming.details, kind, found);
    let Some(common) = incoming.common else {
        return found.take(Err(Violation::absent("signal.common", "given")));
    };
    let reference = found.take(reference(&common.reference));
    let occurred_at = found.take(occurred_at(&common, rules));
    let urgency = found.take(urgency(common.urgency));
    let channel = found.take(channel(&common.channel));
    let household_key = found.take(household_key(&common.household_key));
    let free_text = found.take(free_text(common.free_text));
    let point = found.take(place::point(common.point));
    let address = found.take(place::address(common.address));
    let area = match point {
        Some(point) => found.take(locate::area(rules.map, &common.area_code, &common.area_name, point)),
        // The point is no point, which is said already.
        None => None,
    };
    let today = rules.now.to_zoned(TimeZone::UTC).date();
    let subjects = subjects(common.subjects, today, found);
    Some(Checked {
        reference: reference?,
        kind: kind?,
        occurred_at: occurred_at?,
        area: area?,
        urgency: urgency?,
        channel: channel?,
        subjects,
        household_key: household_key?,
        address: address?,
        point: point?,
        free_text: free_text?,
        details,
    })
}

fn kind(sector: Sector, number: i32) -> Result<Kind, Violation> {
    kinds::from_wire(sector, number).ok_or_else(|| {
        let names = kinds::names(sector);
        let shown = if names.len() <= 12 {
            names.join(", ")
        } else {
            format!("{} … {}", names[0], names[names.len() - 1])
        };
        let rule = format!("a kind of {sector} signal: {shown}");
        match number {
            0 => Violation::absent("signal.kind", rule),
            _ => Violation::new("signal.kind", &number.to_string(), rule),
        }
    })
}

fn reference(text: &str) -> Result<String, Violation> {
    let (field, rule) = ("signal.common.reference", "1 to 128 visible ASCII characters");
    match text {
        "" => Err(Violation::absent(field, rule)),
        _ if text.len() <= REFERENCE_MAX && text.bytes().all(|b| b.is_ascii_graphic()) => Ok(text.to_owned()),
        _ => Err(Violation::new(field, text, rule)),
    }
}

fn occurred_at(common: &Common, rules: &Rules<'_>) -> Result<Timestamp, Violation> {
    let field = "signal.common.occurred_at";
    let Some(sent) = &common.occurred_at else { return Err(Violation::absent(field, "given")) };
    let no_instant =
        || Violation::new(field, &format!("{} s, {} ns", sent.seconds, sent.nanos), "an instant");
    let at = time::from_wire(sent).ok_or_else(no_instant)?;
    if at < EARLIEST {
        return Err(Violation::new(field, &at.to_string(), "in the year 2000 or later"));
    }
    let skew = SignedDuration::try_from(rules.clock_skew).unwrap_or(SignedDuration::MAX);
    if at > rules.now.saturating_add(skew).unwrap_or(Timestamp::MAX) {
        let rule = format!("at most {} s ahead of the hub's clock, {}", skew.as_secs(), rules.now);
        return Err(Violation::new(field, &at.to_string(), rule));
    }
    Ok(at)
}

fn urgency(number: i32) -> Result<Urgency, Violation> {
    let rule = "URGENCY_NORMAL or URGENCY_URGENT";
    let sent = words::Urgency::try_from(number)
        .map_err(|_| Violation::new("signal.common.urgency", &number.to_string(), rule))?;
    Ok(Urgency::try_from(sent).unwrap_or(Urgency::Normal))
}

fn channel(text: &str) -> Result<Option<String>, Violation> {
    let slug = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    match text {
        "" => Ok(None),
        _ if text.len() <= CHANNEL_MAX && text.bytes().all(slug) => Ok(Some(text.to_owned())),
        _ => Err(Violation::new("signal.common.channel", text, "1 to 32 characters of a-z, 0-9 and '-'")),
    }
}

/// The key without what people write it with or without.
fn household_key(text: &str) -> Result<Option<Secret>, Violation> {
    let key: String =
        text.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).collect();
    match key.as_str() {
        "" if text.is_empty() => Ok(None),
        "" => Err(Violation::withheld("signal.common.household_key", "more than spaces and hyphens")),
        _ if text.chars().count() > HOUSEHOLD_KEY_MAX => {
            Err(Violation::withheld("signal.common.household_key", "at most 128 characters"))
        }
        _ => Ok(Some(Zeroizing::new(key))),
    }
}

fn free_text(text: String) -> Result<Option<Secret>, Violation> {
    match text.len() {
        0 => Ok(None),
        1..=FREE_TEXT_MAX => Ok(Some(Zeroizing::new(text))),
        _ => Err(Violation::withheld("signal.common.free_text", "at most 8192 bytes of UTF-8")),
    }
}

fn subjects(
    sent: Vec<seinhuis_contract::proto::ingest::v1::Subject>,
    today: jiff::civil::Date,
    found: &mut Found,
) -> Vec<crate::checked::Subject> {
    if sent.len() > SUBJECTS_MAX {
        let many = format!("{} persons", sent.len());
        found.0.push(Violation::new("signal.common.subjects", &many, "at most 16 persons"));
        return vec![];
    }
    let each = sent.into_iter().enumerate();
    each.filter_map(|(at, sent)| found.take(subject::of(at, sent, today))).collect()
}

/// A short text that only one sector sends; empty for none.
fn short(field: &str, text: String) -> Result<Option<Secret>, Violation> {
    match text.chars().count() {
        0 => Ok(None),
        1..=64 => Ok(Some(Zeroizing::new(text))),
        _ => Err(Violation::withheld(field, "at most 64 characters")),
    }
}

#[cfg(test)]
mod specs;
