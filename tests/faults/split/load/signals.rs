//! What partners report: a sequence that follows from a seed. Many are urgent, so that ladders are climbed within the run, and
//! many are about a household that others report too.

use jiff::Timestamp;
use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::{Common, Subject, subject::Identifier};
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::kind::Kind;
use seinhuis_domain::sector::{Sector, Urgency};

use super::Amount;
use crate::history::Sent;

const AREAS: [&str; 4] = ["WK150900", "WK150901", "WK150902", "WK150903"];

/// The signals of one partner.
#[derive(Debug)]
pub(super) struct Signals {
    partner: PartnerId,
    kinds: &'static [&'static str],
    amount: Amount,
    random: fastrand::Rng,
    made: usize,
}

/// A signal under way.
#[derive(Debug, Clone)]
pub(super) struct Flight {
    pub(super) sent: Sent,
    pub(super) message: SectorSignal,
    /// Whether it is sent once more after it was acknowledged.
    pub(super) twice: bool,
}

impl Signals {
    /// Those of a partner, by its short name.
    ///
    /// # Panics
    /// For a partner that is not one of the run.
    pub(super) fn of(partner: &str, amount: Amount, seed: u64) -> Self {
        let kinds: &[&str] = match partner {
            "wonion" => &["housing.soc.gel", "housing.fin.hua", "housing.soc.ruz"],
            "gemeente" => &["municipal.nuisance", "municipal.idea"],
            "politie" => &["police.e33", "police.domestic_violence", "police.youth_nuisance"],
            "sensire" => &["care.debts", "care.care_avoider", "care.loneliness"],
            other => panic!("{other} reports nothing here"),
        };
        let partner = PartnerId::new(partner).unwrap();
        Self { partner, kinds, amount, random: fastrand::Rng::with_seed(seed), made: 0 }
    }

    pub(super) fn sector(&self) -> Sector {
        Kind::from_code(self.kinds[0]).unwrap().sector()
    }

    pub(super) fn next(&mut self) -> Flight {
        self.made += 1;
        let random = &mut self.random;
        let kind = Kind::from_code(self.kinds[random.usize(..self.kinds.len())]).unwrap();
        let urgency = if random.u8(..3) > 0 { Urgency::Urgent } else { Urgency::Normal };
        let Amount { households, alone, .. } = self.amount;
        let household = (random.u8(..alone) > 0).then(|| format!("7071AB {}", random.u32(..households)));
        let occurred_at: Timestamp = "2026-03-02T06:00:00Z".parse().unwrap();
        let sent = Sent {
            partner: self.partner.clone(),
            reference: format!("{}-{}", self.partner, self.made),
            kind,
            area: AreaCode::new(AREAS[random.usize(..AREAS.len())]).unwrap(),
            urgency,
            occurred_at: occurred_at + jiff::SignedDuration::from_secs(random.i64(0..86_400)),
            household,
        };
        // Nobody else ever reports him: who is forgotten is forgotten with this signal.
        let person = random.u8(..8) == 0;
        // Once he is forgotten, his signal would be about somebody new.
        let twice = !person && random.u8(..8) == 0;
        Flight { message: message(&sent, person), sent, twice }
    }
}

fn message(sent: &Sent, person: bool) -> SectorSignal {
    use seinhuis_contract::proto::common::v1::Urgency as Wire;
    let urgency = match sent.urgency {
        Urgency::Normal => Wire::Normal,
        Urgency::Urgent => Wire::Urgent,
    };
    let of_one_person =
        || Subject { identifier: Some(Identifier::PartnerKey(sent.reference.clone())), ..Default::default() };
    let common = Common {
        reference: sent.reference.clone(),
        occurred_at: Some(seinhuis_contract::time::to_wire(sent.occurred_at)),
        area_code: sent.area.to_string(),
        urgency: urgency.into(),
        household_key: sent.household.clone().unwrap_or_default(),
        subjects: person.then(of_one_person).into_iter().collect(),
        free_text: format!("signaal {}", sent.reference),
        ..Default::default()
    };
    SectorSignal::new(sent.kind, common)
}
