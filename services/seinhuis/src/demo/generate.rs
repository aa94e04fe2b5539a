//! Weeks of ordinary signals: who reports what, where and when, drawn from the measured rhythm. The same seed gives
//! the same weeks.

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
use super::person::{Person, person};

/// A signal and the instant at which its partner sends it.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    /// When it is sent.
    pub at: Timestamp,
    /// Who sends it.
    pub partner: PartnerId,
    /// What is sent.
    pub signal: SectorSignal,
}

/// Draws `count` signals over `days` days from `monday` on, in order of time.
pub(super) fn weeks(
    profile: &Profile,
    monday: Date,
    days: u16,
    count: usize,
    rng: &mut fastrand::Rng,
) -> Vec<Planned> {
    let areas = smallest_areas(profile);
    // A small town's worth of people: some of them turn up more than once, at more than one partner.
    let people: Vec<Person> = (0..count.max(8) / 2).map(|_| person(rng)).collect();
    let mut planned: Vec<Planned> = (0..count)
        .map(|number| {
            let partner = &profile.partners[rng.usize(..profile.partners.len())];
            let at = moment(monday, days, rng);
            let signal = signal(partner, &areas[rng.usize(..areas.len())], number, at, &people, rng);
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
fn moment(monday: Date, days: u16, rng: &mut fastrand::Rng) -> Timestamp {
    let days = usize::from(days);
    let day = weighted((0..days).map(|day| PER_WEEKDAY[day % 7]), rng.f64());
    let hour = weighted(PER_HOUR.into_iter(), rng.f64());
    let time = Time::constant(i8::try_from(hour).unwrap_or(9), rng.i8(0..60), rng.i8(0..60), 0);
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
    rng: &mut fastrand::Rng,
) -> SectorSignal {
    let kind = kind(partner.sector, rng);
    let happened = at.saturating_sub(SignedDuration::from_mins(rng.i64(1..240))).unwrap_or(at);
    let mut common = Common {
        reference: format!("{}-{number:05}", partner.id),
        occurred_at: Some(time::to_wire(happened)),
        area_code: area.to_string(),
        urgency: if rng.u8(..100) < 8 { Urgency::Urgent } else { Urgency::Normal }.into(),
        free_text: format!("Melding {number}: {}.", kind.dutch()),
        ..Common::default()
    };
    if partner.sector == Sector::Municipal {
        let postcode = format!("70{:02}AB", rng.u8(10..99));
        common.address = Some(Address { postcode, house_number: rng.u32(1..200), ..Address::default() });
        common.channel = ["app", "phone", "desk"][rng.usize(..3)].to_owned();
    } else {
        // Low numbers are drawn more often: a few people are behind many signals.
        let skewed = rng.f64() * rng.f64();
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

fn kind(sector: Sector, rng: &mut fastrand::Rng) -> Kind {
    let of_sector: Vec<Kind> = Kind::all().filter(|kind| kind.sector() == sector).collect();
    if sector == Sector::Municipal {
        let (code, _) =
            PER_MUNICIPAL_KIND[weighted(PER_MUNICIPAL_KIND.iter().map(|(_, share)| *share), rng.f64())];
        return of_sector.iter().copied().find(|kind| kind.code() == code).unwrap_or(of_sector[0]);
    }
    of_sector[rng.usize(..of_sector.len())]
}

#[cfg(test)]
mod specs {
    use super::*;

    fn plan(seed: u64) -> Vec<Planned> {
        let profile = crate::profile::named("oude-ijsselstreek").unwrap().profile;
        weeks(&profile, jiff::civil::date(2026, 3, 2), 28, 400, &mut fastrand::Rng::with_seed(seed))
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
