//! The story: a family in one house. The landlord sees arrears, the police hear a quarrel, the nurse finds a carer who
//! can't go on. Three partners, three streams, one case; then silence, until the regisseur is told.

use jiff::{SignedDuration, Timestamp};
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::Common;
use seinhuis_contract::time;
use seinhuis_domain::ids::SignalId;
use seinhuis_domain::kind::Kind;
use seinhuis_domain::profile::Profile;
use seinhuis_domain::sector::Sector;

use super::generate::{Planned, subject};

/// Names and numbers of the family: what must never be found anywhere in plain sight.
pub(super) const PERSONAL: [&str; 4] = ["Marieke Verhulst", "999990019", "Ruben Verhulst", "999990020"];

/// What to look for afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Story {
    /// The signals, in the order in which they are sent.
    pub signals: Vec<SignalId>,
}

/// Plans the story's signals from `start` on: the first partner of each sector plays its part.
pub(super) fn story(profile: &Profile, area: &str, start: Timestamp) -> (Story, Vec<Planned>) {
    let hours = |hours| start.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(start);
    let chapters = [
        (
            Sector::Housing,
            "housing.fin.hua",
            hours(2),
            "Drie maanden huurachterstand; mevrouw Verhulst reageert niet op brieven.",
        ),
        (
            Sector::Police,
            "police.neighbour_quarrel",
            hours(27),
            "Buren melden geschreeuw; de zoon deed open en was overstuur.",
        ),
        (
            Sector::Care,
            "care.overburdened_carer",
            hours(51),
            "Mevrouw zorgt alleen voor haar zoon en kan het niet meer aan.",
        ),
    ];
    let mut story = Story { signals: Vec::new() };
    let mut planned = Vec::new();
    for (sector, code, at, text) in chapters {
        let Some(partner) = profile.partners.iter().find(|partner| partner.sector == sector) else {
            continue;
        };
        let Ok(kind) = Kind::from_code(code) else { continue };
        let reference = format!("verhaal-{}", story.signals.len() + 1);
        // The police speak to the son, the others to the mother; the household is what they share.
        let (name, bsn) =
            if sector == Sector::Police { (PERSONAL[2], PERSONAL[3]) } else { (PERSONAL[0], PERSONAL[1]) };
        let happened = at.saturating_sub(SignedDuration::from_mins(20)).unwrap_or(at);
        let common = Common {
            reference: reference.clone(),
            occurred_at: Some(time::to_wire(happened)),
            area_code: area.to_owned(),
            household_key: "7071AB 12".into(),
            subjects: vec![subject(bsn, name)],
            free_text: text.into(),
            ..Common::default()
        };
        story.signals.push(SignalId::of(&partner.id, &reference));
        planned.push(Planned { at, partner: partner.id.clone(), signal: SectorSignal::new(kind, common) });
    }
    (story, planned)
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn in_both_profiles_three_sectors_tell_the_story() {
        for name in ["oude-ijsselstreek", "lelystad"] {
            let profile = crate::profile::named(name).unwrap().profile;
            let (story, planned) = story(&profile, "GM0000", Timestamp::UNIX_EPOCH);
            let sectors: std::collections::BTreeSet<_> = planned.iter().map(|p| p.signal.sector()).collect();
            assert_eq!((story.signals.len(), sectors.len()), (3, 3), "{name}");
        }
    }

    #[test]
    fn the_numbers_of_the_family_pass_the_eleven_test() {
        for bsn in [PERSONAL[1], PERSONAL[3]] {
            let digits: Vec<i64> = bsn.bytes().map(|b| i64::from(b - b'0')).collect();
            let sum: i64 = digits.iter().zip([9, 8, 7, 6, 5, 4, 3, 2, -1]).map(|(d, w)| d * w).sum();
            assert_eq!(sum % 11, 0, "{bsn}");
        }
    }
}
