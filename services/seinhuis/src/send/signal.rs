//! One row into one signal, or into the one reason why not.

use std::borrow::Cow;

use prost::Message;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::common::v1 as words;
use seinhuis_contract::proto::ingest::v1::{Address, Common, Consent, GeoPoint};
use seinhuis_contract::{time, words::number};
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::Urgency;

use super::map::{Field, Mapping, Origin, Piece};
use super::refusal::Misfit;
use super::row::{Cell, Row};
use super::subject;
use super::target::Target;
use super::when::When;

/// The longest signal in bytes. The hub ends a whole stream on a longer message, so it must not be sent at all.
const LONGEST: usize = 60 * 1024;

/// The texts of a row by field.
#[derive(Default)]
pub(super) struct Texts {
    by_target: [Option<String>; Target::COUNT],
}

impl Texts {
    /// The text of a field, when it has one.
    pub(super) fn get(&self, target: Target) -> Option<&str> {
        self.by_target[target as usize].as_deref()
    }

    fn or_empty(&self, target: Target) -> String {
        self.get(target).unwrap_or_default().to_owned()
    }
}

impl Mapping {
    /// The signal of a row.
    pub(super) fn signal(&self, row: &Row) -> Result<SectorSignal, Misfit> {
        if let Err(misfit) = &row.cells {
            return Err(misfit.clone());
        }
        let mut texts = Texts::default();
        for field in &self.fields {
            texts.by_target[field.target as usize] = field.text(row)?;
        }
        let kind = self.kind(&texts)?;
        let mut signal = SectorSignal::new(kind, self.common(&texts)?);
        self.own_fields(&mut signal, &texts)?;
        match encoded_len(&signal) {
            length if length > LONGEST => {
                Err(Misfit::whole(format!("makes a signal of {length} bytes; at most {LONGEST} are taken")))
            }
            _ => Ok(signal),
        }
    }

    /// What the file gives for a field, before any lookup; nothing when the map doesn't fill it or the cell is empty.
    pub(super) fn given(&self, target: Target, row: &Row) -> Option<String> {
        let field = self.fields.iter().find(|field| field.target == target)?;
        match field.given(row) {
            Ok(given) => given.map(Cow::into_owned),
            Err(misfit) => Some(misfit.value),
        }
    }

    /// How the times of a field are written.
    pub(super) fn when(&self, target: Target) -> When {
        self.fields
            .iter()
            .find(|field| field.target == target)
            .map(|field| field.when.clone())
            .unwrap_or_default()
    }

    fn kind(&self, texts: &Texts) -> Result<Kind, Misfit> {
        let code = texts.get(Target::Kind).ok_or_else(|| Misfit::absent(Target::Kind))?;
        match Kind::from_code(code) {
            Ok(kind) if kind.sector() == self.sector => Ok(kind),
            Ok(_) => Err(Misfit::at(Target::Kind, code, format!("must be a kind of sector {}", self.sector))),
            Err(unknown) => Err(Misfit::at(Target::Kind, code, unknown.to_string())),
        }
    }

    fn common(&self, texts: &Texts) -> Result<Common, Misfit> {
        let occurred_at = match texts.get(Target::OccurredAt) {
            None => return Err(Misfit::absent(Target::OccurredAt)),
            Some(text) => {
                let at = self.when(Target::OccurredAt).instant(text);
                at.map_err(|rule| Misfit::at(Target::OccurredAt, text, rule))?
            }
        };
        Ok(Common {
            reference: texts.or_empty(Target::Reference),
            occurred_at: Some(time::to_wire(occurred_at)),
            area_code: texts.or_empty(Target::AreaCode),
            area_name: texts.or_empty(Target::AreaName),
            point: point(texts)?,
            address: address(texts)?,
            subjects: subject::subject(self, texts)?.into_iter().collect(),
            household_key: texts.or_empty(Target::HouseholdKey),
            urgency: urgency(texts)?,
            free_text: texts.or_empty(Target::FreeText),
            channel: texts.or_empty(Target::Channel),
        })
    }

    /// What only signals of this sector have.
    fn own_fields(&self, signal: &mut SectorSignal, texts: &Texts) -> Result<(), Misfit> {
        let record_number = texts.or_empty(Target::RecordNumber);
        match signal {
            SectorSignal::Police(own) => own.incident_number = record_number,
            SectorSignal::Housing(own) => {
                own.case_number = record_number;
                own.arrears_months = whole_number(texts, Target::ArrearsMonths)?.unwrap_or_default();
            }
            SectorSignal::Care(own) => own.consent = consent(texts)? as i32,
            SectorSignal::Municipal(own) => own.desk_number = record_number,
        }
        Ok(())
    }
}

impl Field {
    /// The field's text in this row.
    fn text(&self, row: &Row) -> Result<Option<String>, Misfit> {
        let given = match self.given(row)? {
            None if self.optional => return Ok(None),
            None => return Err(Misfit::absent(self.target)),
            Some(given) => given,
        };
        match &self.lookup {
            None => Ok(Some(given.into_owned())),
            Some(lookup) => match lookup.words.get(given.as_ref()).or(lookup.default.as_ref()) {
                Some(word) => Ok(Some(word.clone())),
                None => {
                    Err(Misfit::at(self.target, &given, format!("isn't a word of [lookup.{}]", lookup.name)))
                }
            },
        }
    }

    /// What the file gives, before any lookup.
    fn given<'a>(&'a self, row: &'a Row) -> Result<Option<Cow<'a, str>>, Misfit> {
        match &self.origin {
            Origin::Constant(value) => Ok(Some(Cow::Borrowed(value))),
            Origin::Column(column) => Ok(self.cell(row, *column)?.map(Cow::Borrowed)),
            Origin::Template(pieces) => {
                let mut joined = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => joined.push_str(text),
                        Piece::Column(column) => match self.cell(row, *column)? {
                            Some(text) => joined.push_str(text),
                            None => return Ok(None),
                        },
                    }
                }
                Ok(Some(Cow::Owned(joined)))
            }
        }
    }

    fn cell<'a>(&self, row: &'a Row, column: usize) -> Result<Option<&'a str>, Misfit> {
        match row.cell(column) {
            Cell::Empty => Ok(None),
            Cell::Text(text) => Ok(Some(text)),
            Cell::Broken { shown, rule } => Err(Misfit::at(self.target, shown, *rule)),
        }
    }
}

fn point(texts: &Texts) -> Result<Option<GeoPoint>, Misfit> {
    match (degrees(texts, Target::Lon)?, degrees(texts, Target::Lat)?) {
        (Some(lon), Some(lat)) => Ok(Some(GeoPoint { lon, lat })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Misfit::absent(Target::Lat)),
        (None, Some(_)) => Err(Misfit::absent(Target::Lon)),
    }
}

fn degrees(texts: &Texts, target: Target) -> Result<Option<f64>, Misfit> {
    let Some(text) = texts.get(target) else { return Ok(None) };
    // Dutch files write `6,5797`.
    let number = text.replace(',', ".").parse::<f64>().ok().filter(|number| number.is_finite());
    number.map(Some).ok_or_else(|| Misfit::at(target, text, "must be degrees: 6.5797"))
}

fn address(texts: &Texts) -> Result<Option<Address>, Misfit> {
    match (texts.get(Target::Postcode), whole_number(texts, Target::HouseNumber)?) {
        (Some(postcode), Some(house_number)) => Ok(Some(Address {
            postcode: postcode.to_owned(),
            house_number,
            addition: texts.or_empty(Target::Addition),
        })),
        (None, None) if texts.get(Target::Addition).is_none() => Ok(None),
        (None, _) => Err(Misfit::absent(Target::Postcode)),
        (Some(_), None) => Err(Misfit::absent(Target::HouseNumber)),
    }
}

fn whole_number(texts: &Texts, target: Target) -> Result<Option<u32>, Misfit> {
    let Some(text) = texts.get(target) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Misfit::at(target, text, "must be a whole number"))
}

fn urgency(texts: &Texts) -> Result<i32, Misfit> {
    let Some(text) = texts.get(Target::Urgency) else { return Ok(words::Urgency::Unspecified as i32) };
    let urgency: Urgency =
        text.parse().map_err(|_| Misfit::at(Target::Urgency, text, "must be normal or urgent"))?;
    Ok(number::<words::Urgency>(urgency))
}

fn consent(texts: &Texts) -> Result<Consent, Misfit> {
    match texts.get(Target::Consent) {
        None => Ok(Consent::Unspecified),
        Some("given") => Ok(Consent::Given),
        Some("refused") => Ok(Consent::Refused),
        Some("not_asked") => Ok(Consent::NotAsked),
        Some(other) => Err(Misfit::at(Target::Consent, other, "must be given, refused or not_asked")),
    }
}

fn encoded_len(signal: &SectorSignal) -> usize {
    match signal {
        SectorSignal::Police(own) => own.encoded_len(),
        SectorSignal::Housing(own) => own.encoded_len(),
        SectorSignal::Care(own) => own.encoded_len(),
        SectorSignal::Municipal(own) => own.encoded_len(),
    }
}

#[cfg(test)]
mod specs;
