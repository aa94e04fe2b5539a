//! Agreements with partners (prestatieafspraken): which share of the cases that a partner is asked to lead it picks up
//! within which term. Dated, as agreements are made anew; data of the profile.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::Term;
use crate::ids::PartnerId;
use crate::kind::Kind;

/// One agreement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// With whom.
    pub partner: PartnerId,
    /// What it is called, unique in the profile.
    pub name: String,
    /// Kinds it is about, as codes or beginnings of codes (`housing.soc`); empty means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Within which term the partner picks a case up, from when it was asked to lead it.
    pub pick_up: Term,
    /// Of how many in a hundred.
    pub percent: u32,
    /// From this day on.
    pub from: Date,
    /// Up to and with this day; until further notice, when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Agreement {
    /// Whether it holds for a case of this kind that `partner` was asked to lead on this day.
    pub fn covers(&self, partner: &PartnerId, kind: Kind, day: Date) -> bool {
        self.partner == *partner
            && (self.kinds.is_empty() || self.kinds.iter().any(|pattern| kind.is_under(pattern)))
            && self.from <= day
            && self.until.is_none_or(|until| day <= until)
    }

    /// Whether some case could be under both: then neither says what holds for it.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (first, second) = if self.from <= other.from { (self, other) } else { (other, self) };
        Kind::all().any(|kind| {
            first.covers(&second.partner, kind, second.from)
                && second.covers(&first.partner, kind, second.from)
        })
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use jiff::civil::date;

    fn agreement(kinds: &[&str], from: Date, until: Option<Date>) -> Agreement {
        Agreement {
            partner: PartnerId::new("wonion").unwrap(),
            name: "any".into(),
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            pick_up: "5wd".parse().unwrap(),
            percent: 90,
            from,
            until,
        }
    }

    #[test]
    fn it_covers_its_partners_kinds_from_its_first_day_up_to_its_last() {
        let agreed = agreement(&["housing.soc"], date(2026, 1, 1), Some(date(2026, 6, 30)));
        let wonion = PartnerId::new("wonion").unwrap();
        let covers = |kind, day| agreed.covers(&wonion, Kind::from_code(kind).unwrap(), day);
        assert!(covers("housing.soc.gel", date(2026, 1, 1)) && covers("housing.soc.gel", date(2026, 6, 30)));
        assert!(
            !covers("housing.soc.gel", date(2025, 12, 31)) && !covers("housing.soc.gel", date(2026, 7, 1))
        );
        assert!(!covers("housing.fin.hua", date(2026, 1, 1)));
        let other = PartnerId::new("politie").unwrap();
        assert!(!agreed.covers(&other, Kind::from_code("housing.soc.gel").unwrap(), date(2026, 1, 1)));
    }

    #[test]
    fn two_overlap_when_a_day_and_a_kind_are_under_both() {
        let half = agreement(&["housing.soc"], date(2026, 1, 1), Some(date(2026, 6, 30)));
        let overlaps = |other: &Agreement| {
            assert_eq!(half.overlaps(other), other.overlaps(&half));
            half.overlaps(other)
        };
        assert!(overlaps(&agreement(&[], date(2026, 6, 30), None)));
        assert!(overlaps(&agreement(&["housing.soc.gel"], date(2025, 1, 1), None)));
        assert!(!overlaps(&agreement(&[], date(2026, 7, 1), None)));
        assert!(!overlaps(&agreement(&["housing.fin"], date(2026, 1, 1), None)));
        let mut other = agreement(&[], date(2026, 1, 1), None);
        other.partner = PartnerId::new("politie").unwrap();
        assert!(!overlaps(&other));
    }
}
