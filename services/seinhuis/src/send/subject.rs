//! The person a row is about.
//!
//! The first of these that the row has says who it is: BSN, the partner's own key, name with day of birth. A row with
//! none of them is about a place only.

use jiff::civil::Date;
use seinhuis_contract::proto::ingest::v1::{CivilDate, PersonIdentity, Subject, subject::Identifier};

use super::map::Mapping;
use super::refusal::Misfit;
use super::signal::Texts;
use super::target::Target;

/// The person, when the row has one.
pub(super) fn subject(mapping: &Mapping, texts: &Texts) -> Result<Option<Subject>, Misfit> {
    let name = texts.get(Target::SubjectName).unwrap_or_default().to_owned();
    let birth_date = birth_date(mapping, texts)?;
    let known = match (texts.get(Target::SubjectBsn), texts.get(Target::SubjectKey)) {
        (Some(bsn), _) => Identifier::Bsn(bsn.to_owned()),
        (None, Some(key)) => Identifier::PartnerKey(key.to_owned()),
        (None, None) => return by_name(name, birth_date),
    };
    Ok(Some(Subject { identifier: Some(known), name, birth_date }))
}

fn by_name(name: String, birth_date: Option<CivilDate>) -> Result<Option<Subject>, Misfit> {
    match (name.is_empty(), birth_date) {
        (true, None) => Ok(None),
        (true, Some(_)) => Err(Misfit::absent(Target::SubjectName)),
        (false, None) => Err(Misfit::absent(Target::SubjectBirthDate)),
        (false, birth_date) => {
            let identifier = Some(Identifier::Person(PersonIdentity { name, birth_date }));
            Ok(Some(Subject { identifier, ..Default::default() }))
        }
    }
}

fn birth_date(mapping: &Mapping, texts: &Texts) -> Result<Option<CivilDate>, Misfit> {
    let target = Target::SubjectBirthDate;
    let Some(text) = texts.get(target) else { return Ok(None) };
    let day: Date = mapping.when(target).day(text).map_err(|rule| Misfit::at(target, text, rule))?;
    Ok(Some(CivilDate { year: day.year().into(), month: day.month().into(), day: day.day().into() }))
}
