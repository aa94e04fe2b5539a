//! How partners keep the agreements made with them. Each turn to lead a case is held against the agreement that held on the
//! day the partner was asked, in the profile the case was opened under.
//!
//! Cases that the regisseur or the college decided on aren't counted: the partner wasn't asked.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::Timestamp;
use seinhuis_domain::agreement::Agreement;
use seinhuis_domain::calendar::local_date;

use super::{Moment, tracks};
use crate::flow::{Spell, Turn};

/// How one agreement was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// What was agreed.
    pub agreement: Agreement,
    /// Picked up, or closed, within the term.
    pub kept: u64,
    /// Not within the term.
    pub late: u64,
    /// Handed over, refused or taken away within the term: neither kept nor late.
    pub passed_on: u64,
    /// Not picked up yet, and the term is not over.
    pub waiting: u64,
}

impl Score {
    /// Kept within the term, of a hundred that were kept or late; none while there are none.
    pub fn percent(&self) -> Option<u32> {
        let judged = self.kept + self.late;
        (judged > 0).then(|| tracks::percent(self.kept, judged))
    }

    /// Whether that is as much as was agreed, counted exactly; none while there is nothing to judge by.
    pub fn is_met(&self) -> Option<bool> {
        let judged = self.kept + self.late;
        (judged > 0).then(|| 100 * self.kept >= u64::from(self.agreement.percent) * judged)
    }
}

/// What became of one turn, as it stood at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Kept,
    Late,
    PassedOn,
    Waiting,
}

/// The scores of the agreements that `spells` come under: by partner and name, and those of one name by what was agreed.
pub fn scorecard(spells: &[Spell], moment: Moment<'_>) -> Vec<Score> {
    let mut scores: BTreeMap<&Agreement, Score> = BTreeMap::new();
    for spell in spells.iter().filter(|spell| spell.began != Turn::Decided) {
        let Some((agreement, due)) = agreed(spell, moment) else { continue };
        let score = scores.entry(agreement).or_insert_with(|| Score {
            agreement: agreement.clone(),
            kept: 0,
            late: 0,
            passed_on: 0,
            waiting: 0,
        });
        *match outcome(spell, due, moment.at) {
            Outcome::Kept => &mut score.kept,
            Outcome::Late => &mut score.late,
            Outcome::PassedOn => &mut score.passed_on,
            Outcome::Waiting => &mut score.waiting,
        } += 1;
    }
    scores.into_values().collect()
}

/// What holds for a turn, and when its term is over.
fn agreed<'a>(spell: &Spell, moment: Moment<'a>) -> Option<(&'a Agreement, Timestamp)> {
    let adopted = moment.directory.adopted(spell.policy_version)?;
    let (lead, day) = (spell.lead.as_ref()?, local_date(spell.since));
    let agreement = adopted.profile.agreements.iter().find(|known| known.covers(lead, spell.kind, day))?;
    let due = adopted.calendar.due_at(spell.since, agreement.pick_up).ok()?;
    Some((agreement, due))
}

fn outcome(spell: &Spell, due: Timestamp, at: Timestamp) -> Outcome {
    match (spell.taken_up, spell.ended) {
        (Some((_, taken_up)), _) if taken_up <= due => Outcome::Kept,
        (None, Some((_, ended))) if ended <= due => Outcome::PassedOn,
        (None, None) if at.cmp(&due) == Ordering::Less => Outcome::Waiting,
        _ => Outcome::Late,
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::report::scene::{directory_with, later, opened_at};
    use jiff::civil::date;
    use seinhuis_domain::area::AreaCode;
    use seinhuis_domain::calendar::Calendar;
    use seinhuis_domain::directory::Directory;
    use seinhuis_domain::ids::{CaseId, PartnerId};
    use seinhuis_domain::kind::Kind;
    use seinhuis_eventstore::Position;
    use uuid::Uuid;

    const DAY: i64 = 86_400_000_000;

    fn agreement() -> Agreement {
        Agreement {
            partner: PartnerId::new("wonion").unwrap(),
            name: "huurachterstand".into(),
            kinds: vec!["housing.fin".into()],
            pick_up: "5wd".parse().unwrap(),
            percent: 90,
            from: date(2026, 1, 1),
            until: Some(date(2026, 6, 30)),
        }
    }

    fn agreed_with_wonion() -> Directory {
        directory_with(|profile| profile.agreements = vec![agreement()])
    }

    fn due() -> Timestamp {
        Calendar::dutch().due_at(opened_at(), "5wd".parse().unwrap()).unwrap()
    }

    fn spell(taken_up: Option<Timestamp>, ended: Option<Timestamp>) -> Spell {
        let by = |at: Option<Timestamp>| at.map(|at| (Position(9), at));
        Spell {
            case: CaseId(Uuid::from_u128(1)),
            position: Position(3),
            area: AreaCode::new("WK150900").unwrap(),
            kind: Kind::from_code("housing.fin.hua").unwrap(),
            policy_version: 1,
            lead: Some(PartnerId::new("wonion").unwrap()),
            began: Turn::Opened,
            since: opened_at(),
            taken_up: by(taken_up),
            ended: by(ended),
        }
    }

    fn scored(spells: &[Spell], at: Timestamp) -> Vec<Score> {
        let directory = agreed_with_wonion();
        scorecard(spells, Moment { at, directory: &directory })
    }

    #[test]
    fn each_turn_is_kept_late_passed_on_or_waiting() {
        let (in_time, too_late) = (Some(due()), Some(later(due(), 1)));
        let spells = [
            spell(in_time, None),
            spell(too_late, None),
            spell(in_time, too_late),
            spell(None, in_time),
            spell(None, too_late),
            spell(None, None),
        ];
        let counts = |at| {
            let score = scored(&spells, at).remove(0);
            (score.kept, score.late, score.passed_on, score.waiting)
        };
        assert_eq!(counts(later(due(), -1)), (2, 2, 1, 1));
        assert_eq!(counts(due()), (2, 3, 1, 0));
    }

    #[test]
    fn a_score_is_met_when_as_many_are_kept_as_was_agreed_and_not_by_rounding() {
        let kept = |kept, late| Score { agreement: agreement(), kept, late, passed_on: 7, waiting: 7 };
        assert_eq!((kept(9, 1).percent(), kept(9, 1).is_met()), (Some(90), Some(true)));
        assert_eq!((kept(179, 20).percent(), kept(179, 20).is_met()), (Some(90), Some(false)));
        assert_eq!((kept(0, 0).percent(), kept(0, 0).is_met()), (None, None));
    }

    #[test]
    fn what_was_not_agreed_is_not_scored() {
        let in_time = spell(Some(due()), None);
        let earlier = Spell { since: later(opened_at(), -DAY * 90), ..in_time.clone() };
        let other_kind = Spell { kind: Kind::from_code("housing.soc.gel").unwrap(), ..in_time.clone() };
        let other_partner = Spell { lead: Some(PartnerId::new("politie").unwrap()), ..in_time.clone() };
        let decided = Spell { began: Turn::Decided, ..in_time.clone() };
        let other_policy = Spell { policy_version: 7, ..in_time };
        assert_eq!(scored(&[earlier, other_kind, other_partner, decided, other_policy], due()), []);
    }
}
