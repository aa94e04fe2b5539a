//! The policy: ladder and terms, matching and routing. Data, adopted with its profile and pinned to a case at opening.

use serde::{Deserialize, Serialize};

use crate::calendar::{OfficeHours, Term};
use crate::ids::PartnerId;
use crate::ladder::Rung;
use crate::sector::{Goal, Lane, Sector, Urgency};

/// Everything a case is judged by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// When working hours are counted.
    #[serde(default)]
    pub office_hours: OfficeHours,
    /// The four rungs and their terms.
    pub ladder: Ladder,
    /// When signals belong together.
    pub matching: Matching,
    /// Who gets what. The first rule that fits decides.
    pub routing: Vec<RoutingRule>,
}

/// The terms on the ladder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// The lead partner's own people.
    pub workfloor: RungTerms,
    /// The area's team.
    pub team: RungTerms,
    /// The area's regisseur.
    pub regisseur: RungTerms,
    /// Without a lead partner for this long, a case goes to the regisseur (tussen wal en schip).
    pub no_lead: Term,
    /// So many refusals bring a case to the regisseur (tussen wal en schip).
    pub refusals_max: u32,
    /// So many handovers bring a case to the regisseur (pingpong).
    pub handovers_max: u32,
    /// A lead of whom nothing is heard for this long is silent: the case stagnates. Nothing climbs by it; where
    /// `lead_silent_climb` is there, whoever stands on the rung is reminded then.
    #[serde(default = "Ladder::usual_silence", skip_serializing_if = "Ladder::is_usual_silence")]
    pub lead_silent: Term,
    /// A lead of whom nothing is heard for this long brings the case to the regisseur. Absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_silent_climb: Option<Term>,
    /// Within so long after the closing the partners that reported hear what became of it. Absent: whenever somebody tells
    /// them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback_within: Option<Term>,
    /// How long a case may be paused at most, from the moment somebody pauses it.
    #[serde(default = "Ladder::usual_pause", skip_serializing_if = "Ladder::is_usual_pause")]
    pub pause_max: Term,
    /// Whether an urgent case on the regisseur's rung or above is told of at once, whatever hours are quiet.
    #[serde(default, skip_serializing_if = "is_false")]
    pub urgent_breaks_quiet: bool,
    /// When whoever stands on a rung is reminded before the case climbs from it. Absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Reminders>,
}

/// When a planned climb is reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminders {
    /// The first: when so much of the term has passed, in percent.
    #[serde(default = "Reminders::usual_share")]
    pub at_percent: u8,
    /// The next: so long after the one before. Absent: there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_every: Option<Term>,
    /// How many at most for one planned climb.
    #[serde(default = "Reminders::usually_one")]
    pub at_most: u32,
}

impl Reminders {
    /// More reminders of one climb than this help nobody.
    pub const MOST: u32 = 10;

    /// Four fifths of the term: of five working days the last is left.
    const fn usual_share() -> u8 {
        80
    }

    const fn usually_one() -> u32 {
        1
    }
}

impl Ladder {
    /// How long a lead may be silent where a policy doesn't say, as those didn't that were adopted before there was a
    /// word for it: five working days, in which Dutch desks promise an answer to most reports.
    pub const fn usual_silence() -> Term {
        Term::working_days(5)
    }

    /// Left out where it is stored, so that what was adopted before it could be said is stored as it was.
    fn is_usual_silence(term: &Term) -> bool {
        *term == Self::usual_silence()
    }

    /// How long a case may be paused where a policy doesn't say: four weeks of working days.
    pub const fn usual_pause() -> Term {
        Term::working_days(20)
    }

    fn is_usual_pause(term: &Term) -> bool {
        *term == Self::usual_pause()
    }

    /// The terms of a rung. The college has none above it; its decision term is the regisseur's to watch.
    pub fn terms(&self, rung: Rung) -> &RungTerms {
        match rung {
            Rung::Workfloor => &self.workfloor,
            Rung::Team => &self.team,
            Rung::Regisseur | Rung::College => &self.regisseur,
        }
    }
}

/// How long a rung may take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RungTerms {
    /// To pick a case up.
    pub pick_up: Term,
    /// To pick an urgent case up.
    pub pick_up_urgent: Term,
    /// From picking up to an outcome.
    pub progress: Term,
    /// Whether notices to this rung are held while the office is closed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hold_until_working_hours: bool,
}

/// Left out where it is stored, as it is by those who never heard of it.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}

impl RungTerms {
    /// The pick-up term for this urgency.
    pub fn pick_up(&self, urgency: Urgency) -> Term {
        match urgency {
            Urgency::Normal => self.pick_up,
            Urgency::Urgent => self.pick_up_urgent,
        }
    }
}

/// When signals belong together. Matching is deterministic and explained; nothing learns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// Signals of one kind at one place join if they lie at most this far apart.
    pub same_place_and_kind_within: Term,
}

/// One routing rule: what it fits, and what then happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingRule {
    /// The rule's name, unique, printed in every explanation.
    pub name: String,
    /// Sectors it fits; empty means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sectors: Vec<Sector>,
    /// Kinds it fits, as codes or beginnings of codes (`housing.soc`); empty means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Only urgent (or only normal) signals; absent means any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// The lane the case takes.
    pub lane: Lane,
    /// The goal it serves.
    pub goal: Goal,
    /// Who leads. Absent: nobody yet, and the no-lead term begins to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<PartnerId>,
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::example;
    use serde_json::{Value, json};

    fn stored(change: impl FnOnce(&mut Ladder)) -> Value {
        let mut ladder = example::profile().policy.ladder;
        change(&mut ladder);
        serde_json::to_value(ladder).unwrap()
    }

    #[test]
    fn what_is_usual_is_left_out_where_it_is_stored_and_read_as_what_is_usual() {
        let ladder = stored(|_| {});
        for unsaid in ["lead_silent", "pause_max", "urgent_breaks_quiet"] {
            assert_eq!(ladder.get(unsaid), None, "{unsaid}");
        }
        assert_eq!(ladder["workfloor"].get("hold_until_working_hours"), None);
        let read: Ladder = serde_json::from_value(ladder).unwrap();
        assert_eq!((read.lead_silent, read.pause_max), (Term::working_days(5), Term::working_days(20)));
    }

    #[test]
    fn what_is_unusual_is_stored() {
        let ladder = stored(|ladder| {
            ladder.lead_silent = Term::working_days(4);
            ladder.pause_max = Term::working_days(10);
            ladder.urgent_breaks_quiet = true;
            ladder.workfloor.hold_until_working_hours = true;
        });
        assert_eq!((&ladder["lead_silent"], &ladder["pause_max"]), (&json!("4wd"), &json!("10wd")));
        assert_eq!(ladder["urgent_breaks_quiet"], true);
        assert_eq!(ladder["workfloor"]["hold_until_working_hours"], true);
    }

    #[test]
    fn reminders_of_which_nothing_is_said_come_once_after_four_fifths() {
        let reminders: Reminders = serde_json::from_value(json!({})).unwrap();
        assert_eq!(reminders, Reminders { at_percent: 80, again_every: None, at_most: 1 });
    }
}
