//! Weeks of ordinary signals: who reports what, where and when, drawn from the measured rhythm. The same seed gives
//! the same weeks.

use std::ops::Range;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::common::v1::Urgency;
use seinhuis_contract::proto::ingest::v1::{Address, Common, Subject, subject::Identifier};
use seinhuis_contract::time;
use seinhuis_domain::area::{AreaCode, AreaLevel};
use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::kind::Kind;
use seinhuis_domain::profile::{PartnerEntry, Profile};
use seinhuis_domain::sector::Sector;

use super::calibration::{PER_HOUR, PER_MUNICIPAL_KIND, PER_WEEKDAY, weighted};
use super::draw::Draw;
use super::person::Person;

/// A signal and the instant at which its partner sends it.
#[derive(Debug, Clone)]
pub struct Planned {
    /// When it is sent.
    pub at: Timestamp,
    /// Who sends it.
    pub partner: PartnerId,
    /// What is sent.
    pub signal: SectorSignal,
}

/// Draws a signal for each of `numbers`, over `days` days from `monday` on, in order of time. Some of `people`, who are
/// at least one, turn up more than once, at more than one partner.
pub fn weeks(
    profile: &Profile,
    people: &[Person],
    monday: Date,
    days: u16,
    numbers: Range<usize>,
    draw: &mut Draw,
) -> Vec<Planned> {
    let areas = smallest_areas(profile);
    let mut planned: Vec<Planned> = numbers
        .map(|number| {
            let partner = draw.one_of(&profile.partners);
            let at = moment(monday, days, draw);
            let signal = signal(partner, draw.one_of(&areas), number, at, people, draw);
            Planned { at, partner: partner.id.clone(), signal }
        })
        .collect();
    planned.sort_by_key(|signal| signal.at);
    planned
}

fn smallest_areas(profile: &Profile) -> Vec<AreaCode> {
    let districts = profile.areas.iter().filter(|area| area.level <= AreaLevel::District);
    districts.map(|area| area.code.clone()).collect()
}

/// An instant in the weeks from `monday` on, by the measured share per weekday and hour.
fn moment(monday: Date, days: u16, draw: &mut Draw) -> Timestamp {
    let days = usize::from(days);
    let day = weighted((0..days).map(|day| PER_WEEKDAY[day % 7]), draw.unit());
    let hour = weighted(PER_HOUR.into_iter(), draw.unit());
    let sixtieth = |draw: &mut Draw| i8::try_from(draw.below(60)).unwrap_or_default();
    let time = Time::constant(i8::try_from(hour).unwrap_or(9), sixtieth(draw), sixtieth(draw), 0);
    let date = monday.saturating_add(jiff::Span::new().days(i64::try_from(day).unwrap_or(0)));
    date.to_datetime(time).to_zoned(amsterdam()).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

fn amsterdam() -> jiff::tz::TimeZone {
    jiff::tz::get!("Europe/Amsterdam")
}

fn signal(
    partner: &PartnerEntry,
    area: &AreaCode,
    number: usize,
    at: Timestamp,
    people: &[Person],
    draw: &mut Draw,
) -> SectorSignal {
    let kind = kind(partner.sector, draw);
    let happened = at
        .saturating_sub(SignedDuration::from_mins(1 + i64::try_from(draw.below(239)).unwrap_or_default()))
        .unwrap_or(at);
    let mut common = Common {
        reference: format!("{}-{number:05}", partner.id),
        occurred_at: Some(time::to_wire(happened)),
        area_code: area.to_string(),
        urgency: if draw.below(100) < 8 { Urgency::Urgent } else { Urgency::Normal }.into(),
        free_text: format!("Melding {number}: {}.", kind.dutch()),
        ..Common::default()
    };
    if partner.sector == Sector::Municipal {
        let postcode = format!("70{:02}AB", 10 + draw.below(89));
        common.address = Some(Address {
            postcode,
            house_number: 1 + u32::try_from(draw.below(199)).unwrap_or_default(),
            ..Address::default()
        });
        common.channel = (*draw.one_of(&["app", "phone", "desk"])).to_owned();
    } else {
        // Low numbers are drawn more often: a few people are behind many signals.
        let skewed = draw.unit() * draw.unit();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "below the number of people"
        )]
        let person = &people[((skewed * people.len() as f64) as usize).min(people.len() - 1)];
        common.subjects.push(subject(&person.bsn, &person.name));
    }
    SectorSignal::new(kind, common)
}

/// A person as a signal names him.
pub(super) fn subject(bsn: &str, name: &str) -> Subject {
    Subject { identifier: Some(Identifier::Bsn(bsn.to_owned())), name: name.to_owned(), ..Subject::default() }
}

fn kind(sector: Sector, draw: &mut Draw) -> Kind {
    let of_sector: Vec<Kind> = Kind::all().filter(|kind| kind.sector() == sector).collect();
    if sector == Sector::Municipal {
        let (code, _) =
            PER_MUNICIPAL_KIND[weighted(PER_MUNICIPAL_KIND.iter().map(|(_, share)| *share), draw.unit())];
        return of_sector.iter().copied().find(|kind| kind.code() == code).unwrap_or(of_sector[0]);
    }
    *draw.one_of(&of_sector)
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::demo::person::town;

    fn plan(seed: u64) -> Vec<Planned> {
        let profile = crate::profile::named("oude-ijsselstreek").unwrap().profile;
        let mut draw = Draw::seeded(seed);
        let people = town(200, &mut draw);
        weeks(&profile, &people, jiff::civil::date(2026, 3, 2), 28, 0..400, &mut draw)
    }

    #[test]
    fn the_same_seed_gives_the_same_weeks() {
        let references = |seed| plan(seed).into_iter().map(|p| (p.at, p.signal)).collect::<Vec<_>>();
        assert_eq!(references(7), references(7));
        assert_ne!(references(7), references(8));
    }

    #[test]
    fn signals_lie_in_order_within_the_weeks_and_mondays_are_busier_than_sundays() {
        let plan = plan(7);
        assert!(plan.is_sorted_by_key(|signal| signal.at));
        let on = |weekday| {
            let is = |p: &&Planned| seinhuis_domain::calendar::local_date(p.at).weekday() == weekday;
            plan.iter().filter(is).count()
        };
        assert!(on(jiff::civil::Weekday::Monday) > on(jiff::civil::Weekday::Sunday));
    }
}
