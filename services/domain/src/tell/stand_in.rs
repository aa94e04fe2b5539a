//! Who is told when somebody is away: his deputy, and if that one is away too, his; then the fallback of the profile; and
//! where nobody is there at all, whoever is back first, once he is.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Addressee, Away, Duty, Hold, HoldCause};
use crate::calendar::{Calendar, CalendarError, local_date};
use crate::ids::PersonId;
use crate::profile::{PersonEntry, Profile};

/// Who is told for those whom the profile names for a rung. Empty only where it names nobody and has no fallback.
pub(crate) fn on_duty(
    profile: &Profile,
    named: &[&PersonId],
    today: Date,
    calendar: &Calendar,
) -> Result<Vec<Addressee>, CalendarError> {
    let mut away = Vec::new();
    let mut there = Vec::new();
    for person in named {
        match present(profile, person, today) {
            Ok((person, gone)) if gone.is_empty() => there.push(at_once(person, Duty::OnDuty)),
            Ok((person, gone)) => there.push(at_once(person, Duty::Deputy { away: gone })),
            Err(gone) => away.extend(gone),
        }
    }
    if there.is_empty() {
        match profile.fallback.as_ref().map(|fallback| present(profile, fallback, today)) {
            Some(Ok((person, gone))) => {
                away.extend(gone);
                there.push(at_once(person, Duty::Fallback { away }));
            }
            Some(Err(gone)) => {
                away.extend(gone);
                there.extend(back_first(profile, away, calendar)?);
            }
            None => there.extend(back_first(profile, away, calendar)?),
        }
    }
    // Of two ways to the same person the shorter one says more.
    there.sort_by(|a, b| (&a.person, a.duty != Duty::OnDuty).cmp(&(&b.person, b.duty != Duty::OnDuty)));
    there.dedup_by(|later, first| later.person == first.person);
    Ok(there)
}

fn at_once(person: &PersonId, duty: Duty) -> Addressee {
    Addressee { person: person.clone(), duty, hold: None }
}

/// The person himself or the first of his deputies who is there, with those before him; or all of them, if none is.
fn present<'a>(
    profile: &'a Profile,
    named: &'a PersonId,
    today: Date,
) -> Result<(&'a PersonId, Vec<Away>), Vec<Away>> {
    let mut away: Vec<Away> = Vec::new();
    let mut next = Some(named);
    while let Some(person) = next {
        let entry = profile.people.iter().find(|p| p.id == *person);
        let Some(until) = entry.and_then(|entry| away_until(entry, today)) else { return Ok((person, away)) };
        away.push(Away { person: person.clone(), until });
        // Deputies who stand in for each other end where they began.
        let deputy = entry.and_then(|entry| entry.deputy.as_ref());
        next = deputy.filter(|deputy| away.iter().all(|gone| gone.person != **deputy));
    }
    Err(away)
}

/// The last day on which somebody who is away today still is.
fn away_until(person: &PersonEntry, today: Date) -> Option<Date> {
    let on = |day: Date| person.absences.iter().filter(move |a| a.from <= day && day <= a.until);
    let mut last = on(today).map(|a| a.until).max()?;
    while let Some(longer) = last.tomorrow().ok().and_then(|day| on(day).map(|a| a.until).max()) {
        last = longer;
    }
    Some(last)
}

/// Whoever is back first, told when the office opens on his first working day. None where nobody is away.
fn back_first(
    profile: &Profile,
    away: Vec<Away>,
    calendar: &Calendar,
) -> Result<Option<Addressee>, CalendarError> {
    let mut first: Option<(Timestamp, &Away)> = None;
    for gone in &away {
        let back = back_at(profile, gone, calendar)?;
        if first.is_none_or(|(at, other)| (back, gone.until) < (at, other.until)) {
            first = Some((back, gone));
        }
    }
    let Some((until, Away { person, .. })) = first else { return Ok(None) };
    let (person, hold) = (person.clone(), Some(Hold { until, because: vec![HoldCause::NobodyOnDuty] }));
    Ok(Some(Addressee { person, duty: Duty::NobodyOnDuty { away }, hold }))
}

/// When the office opens on the first day on which somebody is back. By the opening after one absence he may be away again.
fn back_at(profile: &Profile, gone: &Away, calendar: &Calendar) -> Result<Timestamp, CalendarError> {
    let entry = profile.people.iter().find(|entry| entry.id == gone.person);
    let mut opens = calendar.opening_after(gone.until)?;
    while let Some(until) = entry.and_then(|entry| away_until(entry, local_date(opens))) {
        opens = calendar.opening_after(until)?;
    }
    Ok(opens)
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::example;
    use crate::profile::Absence;
    use jiff::civil::date;

    /// A Tuesday.
    const TODAY: Date = date(2026, 3, 10);

    fn id(name: &str) -> PersonId {
        PersonId::new(name).unwrap()
    }

    /// The example, with these people away until these days in March.
    fn with(away: &[(&str, i8)]) -> Profile {
        let mut profile = example::profile();
        for (name, until) in away {
            let person = profile.people.iter_mut().find(|p| p.id == id(name)).unwrap();
            person.absences.push(Absence { from: date(2026, 3, 9), until: date(2026, 3, *until) });
        }
        profile
    }

    fn away(gone: &[(&str, i8)]) -> Vec<Away> {
        gone.iter().map(|(name, until)| Away { person: id(name), until: date(2026, 3, *until) }).collect()
    }

    fn told(profile: &Profile, named: &[&str]) -> Vec<Addressee> {
        let named: Vec<PersonId> = named.iter().map(|name| id(name)).collect();
        on_duty(profile, &named.iter().collect::<Vec<_>>(), TODAY, &Calendar::dutch()).unwrap()
    }

    #[test]
    fn whoever_is_there_is_told_himself() {
        assert_eq!(told(&with(&[]), &["regisseur-ulft"]), [at_once(&id("regisseur-ulft"), Duty::OnDuty)]);
    }

    #[test]
    fn a_deputy_is_told_with_whom_he_stands_in_for_and_until_when() {
        let gone = [("regisseur-ulft", 13)];
        let deputy = Duty::Deputy { away: away(&gone) };
        assert_eq!(told(&with(&gone), &["regisseur-ulft"]), [at_once(&id("regisseur-oost"), deputy)]);
    }

    #[test]
    fn the_deputy_of_a_deputy_who_is_away_is_told() {
        let gone = [("regisseur-ulft", 13), ("regisseur-oost", 10)];
        let mut profile = with(&gone);
        profile.people[1].deputy = Some(id("voorman"));
        let deputy = Duty::Deputy { away: away(&gone) };
        assert_eq!(told(&profile, &["regisseur-ulft"]), [at_once(&id("voorman"), deputy)]);
    }

    #[test]
    fn deputies_who_stand_in_for_each_other_and_are_both_away_leave_it_to_the_fallback() {
        let gone = [("regisseur-ulft", 13), ("regisseur-oost", 10)];
        let mut profile = with(&gone);
        profile.people[1].deputy = Some(id("regisseur-ulft"));
        profile.fallback = Some(id("voorman"));
        let fallback = Duty::Fallback { away: away(&gone) };
        assert_eq!(told(&profile, &["regisseur-ulft"]), [at_once(&id("voorman"), fallback)]);
    }

    #[test]
    fn where_nobody_is_there_whoever_is_back_first_is_told_when_the_office_opens() {
        let gone = [("regisseur-ulft", 20), ("regisseur-oost", 13)];
        let back = Addressee {
            person: id("regisseur-oost"),
            duty: Duty::NobodyOnDuty { away: away(&gone) },
            // The Monday after his last day away, which is a Friday.
            hold: Some(Hold {
                until: "2026-03-16T08:00:00Z".parse().unwrap(),
                because: vec![HoldCause::NobodyOnDuty],
            }),
        };
        assert_eq!(told(&with(&gone), &["regisseur-ulft"]), [back]);
    }

    #[test]
    fn absences_that_follow_on_each_other_are_one() {
        let mut profile = with(&[("regisseur-oost", 13)]);
        let more = Absence { from: date(2026, 3, 14), until: date(2026, 3, 17) };
        profile.people[1].absences.push(more);
        let Duty::NobodyOnDuty { away: gone } = told(&profile, &["regisseur-oost"]).remove(0).duty else {
            panic!("somebody is on duty")
        };
        assert_eq!(gone, away(&[("regisseur-oost", 17)]));
    }

    #[test]
    fn who_is_away_again_when_the_office_opens_waits_for_the_end_of_that() {
        let mut profile = with(&[("regisseur-oost", 13)]);
        // Between the two lies a weekend.
        profile.people[1].absences.push(Absence { from: date(2026, 3, 16), until: date(2026, 3, 17) });
        let waits = |profile: &Profile| told(profile, &["regisseur-oost"]).remove(0).hold.unwrap().until;
        assert_eq!(waits(&profile), "2026-03-18T08:00:00Z".parse().unwrap());
        // Somebody else is back before him.
        profile.people[1].deputy = Some(id("voorman"));
        let voorman = profile.people.iter_mut().find(|p| p.id == id("voorman")).unwrap();
        voorman.absences.push(Absence { from: date(2026, 3, 9), until: date(2026, 3, 16) });
        let back = told(&profile, &["regisseur-oost"]).remove(0);
        assert_eq!(
            (back.person, back.hold.unwrap().until),
            (id("voorman"), "2026-03-17T08:00:00Z".parse().unwrap())
        );
    }

    #[test]
    fn a_fallback_who_is_away_has_a_deputy_too_and_without_one_all_wait() {
        let gone = [("regisseur-oost", 13), ("voorman", 11)];
        let mut profile = with(&gone);
        profile.fallback = Some(id("voorman"));
        assert_eq!(told(&profile, &["regisseur-oost"])[0].person, id("voorman"));
        profile.people.iter_mut().find(|p| p.id == id("voorman")).unwrap().deputy = Some(id("wijkagent"));
        let fallback = Duty::Fallback { away: away(&gone) };
        assert_eq!(told(&profile, &["regisseur-oost"]), [at_once(&id("wijkagent"), fallback)]);
    }

    #[test]
    fn a_rung_for_which_nobody_is_named_is_the_fallbacks_and_without_one_nobodys() {
        let mut profile = with(&[]);
        assert_eq!(told(&profile, &[]), []);
        profile.fallback = Some(id("voorman"));
        assert_eq!(told(&profile, &[]), [at_once(&id("voorman"), Duty::Fallback { away: vec![] })]);
    }

    #[test]
    fn of_several_whoever_is_there_is_enough_and_nobody_is_told_twice() {
        let profile = with(&[("regisseur-ulft", 13), ("voorman", 13)]);
        let told = told(&profile, &["regisseur-ulft", "regisseur-oost", "voorman"]);
        assert_eq!(told, [at_once(&id("regisseur-oost"), Duty::OnDuty)]);
    }
}
