//! A person a signal is about.

use jiff::civil::Date;
use seinhuis_contract::proto::ingest::v1 as wire;
use seinhuis_contract::proto::ingest::v1::subject::Identifier as Sent;
use seinhuis_contract::status::Violation;
use zeroize::Zeroizing;

use crate::checked::{Identifier, Secret, Subject};
use crate::{bsn, fold};

const KEY_MAX: usize = 128;
const NAME_MAX: usize = 200;
const EARLIEST_BIRTH: i16 = 1850;

/// The person at place `at` of the list.
pub(super) fn of(at: usize, sent: wire::Subject, today: Date) -> Result<Subject, Violation> {
    let path = |field: &str| format!("signal.common.subjects[{at}].{field}");
    let identifier = match sent.identifier {
        None => return Err(Violation::absent(path("identifier"), "given: bsn, partner_key or person")),
        Some(Sent::Bsn(text)) => {
            let text = Zeroizing::new(text);
            let rule = "a citizen service number: 9 digits that pass the 11-proof";
            let checked = bsn::checked(&text).ok_or_else(|| Violation::withheld(path("bsn"), rule))?;
            Identifier::Bsn(Zeroizing::new(checked))
        }
        Some(Sent::PartnerKey(key)) => {
            let key = Zeroizing::new(key);
            let fits = (1..=KEY_MAX).contains(&key.chars().count()) && !key.trim().is_empty();
            let refused = || Violation::withheld(path("partner_key"), "1 to 128 characters, not only spaces");
            fits.then_some(Identifier::PartnerKey(key)).ok_or_else(refused)?
        }
        Some(Sent::Person(person)) => {
            let name = name(path("person.name"), person.name)?;
            let name = name.ok_or_else(|| Violation::absent(path("person.name"), "given"))?;
            let born = birth_date(path("person.birth_date"), person.birth_date, today)?;
            let born = born.ok_or_else(|| Violation::absent(path("person.birth_date"), "given"))?;
            Identifier::NameAndBirthDate(name, born)
        }
    };
    let name = name(path("name"), sent.name)?;
    let birth_date = birth_date(path("birth_date"), sent.birth_date, today)?;
    Ok(Subject { identifier, name, birth_date })
}

fn name(field: String, text: String) -> Result<Option<Secret>, Violation> {
    let text = Zeroizing::new(text);
    if text.is_empty() {
        return Ok(None);
    }
    if text.chars().count() > NAME_MAX || fold::name(&text).is_empty() {
        return Err(Violation::withheld(field, "a name of at most 200 characters"));
    }
    Ok(Some(text))
}

fn birth_date(field: String, sent: Option<wire::CivilDate>, today: Date) -> Result<Option<Date>, Violation> {
    let Some(wire::CivilDate { year, month, day }) = sent else { return Ok(None) };
    let made = (|| Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok())();
    match made {
        Some(date) if date.year() >= EARLIEST_BIRTH && date <= today => Ok(Some(date)),
        _ => Err(Violation::withheld(field, "a day of the calendar from 1850 to today")),
    }
}

#[cfg(test)]
mod specs {
    use jiff::civil::date;

    use super::*;

    fn checked(identifier: Option<Sent>) -> Result<Subject, String> {
        let sent = wire::Subject { identifier, ..Default::default() };
        of(2, sent, date(2026, 3, 10)).map_err(|v| format!("{} {}", v.field, v.value))
    }

    fn born(year: i32, month: i32, day: i32) -> Option<Sent> {
        let birth_date = Some(wire::CivilDate { year, month, day });
        Some(Sent::Person(wire::PersonIdentity { name: "Jan de Vries".into(), birth_date }))
    }

    #[test]
    fn a_person_needs_an_identifier_that_keeps_its_rule() {
        let refused = |identifier| checked(identifier).err();
        assert_eq!(refused(None).as_deref(), Some("signal.common.subjects[2].identifier (absent)"));
        let bsn = Some(Sent::Bsn("123456789".into()));
        assert_eq!(refused(bsn).as_deref(), Some("signal.common.subjects[2].bsn (withheld)"));
        let key = Some(Sent::PartnerKey(" ".into()));
        assert_eq!(refused(key).as_deref(), Some("signal.common.subjects[2].partner_key (withheld)"));
    }

    #[test]
    fn a_date_of_birth_is_a_day_that_was() {
        assert!(checked(born(1970, 2, 28)).is_ok());
        assert!(checked(born(2026, 3, 10)).is_ok());
        for (year, month, day) in [(1970, 2, 30), (1849, 12, 31), (2026, 3, 11), (0, 0, 0), (i32::MAX, 1, 1)]
        {
            assert!(checked(born(year, month, day)).is_err(), "{year}-{month}-{day}");
        }
    }

    #[test]
    fn a_name_of_marks_only_is_no_name() {
        let sent = wire::PersonIdentity { name: "--".into(), birth_date: None };
        assert!(checked(Some(Sent::Person(sent))).is_err());
    }
}
