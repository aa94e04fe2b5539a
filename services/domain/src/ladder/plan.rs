//! When a case climbs next. A pure function of where it stands, the policy it is pinned to and the calendar.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Cause, Rung, reminders};
use crate::calendar::{Calendar, CalendarError, Term, local_date};
use crate::policy::Ladder;
use crate::sector::Urgency;

/// What the plan depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The rung the case is on.
    pub rung: Rung,
    /// How fast somebody must look.
    pub urgency: Urgency,
    /// When the case came to this rung *by plan*. A timer that fired late does not push the next one back (INV-7).
    pub since: Timestamp,
    /// When somebody on this rung picked it up.
    pub picked_up: Option<Timestamp>,
    /// Since when the case has been without a lead partner, if it is.
    pub no_lead_since: Option<Timestamp>,
    /// When anything was last heard of the lead partner, if there is one.
    pub heard_at: Option<Timestamp>,
    /// Until when the case is paused, or was. No term is counted from before.
    pub paused_until: Option<Timestamp>,
}

/// A climb that will happen unless somebody acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// Where to.
    pub to: Rung,
    /// When, at the earliest and on time.
    pub due_at: Timestamp,
    /// The term that was counted.
    pub term: Term,
    /// From when it was counted.
    pub from: Timestamp,
    /// Why it will climb then.
    pub cause: Cause,
    /// When whoever stands on the present rung is first reminded of it, if the policy says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<Timestamp>,
}

/// The next climb, or none from the top rung.
///
/// Of several running terms the one that ends first counts; on a tie the rung's own does, because it says more.
pub fn next_step(
    standing: &Standing,
    ladder: &Ladder,
    calendar: &Calendar,
) -> Result<Option<PlannedStep>, CalendarError> {
    let Some(to) = standing.rung.above() else { return Ok(None) };
    let terms = ladder.terms(standing.rung);
    let step = |since: Timestamp, term: Term, cause: Cause| {
        let from = standing.paused_until.map_or(since, |end| since.max(end));
        calendar.due_at(counted_from(from, term), term).map(|due_at| PlannedStep {
            to,
            due_at,
            term,
            from,
            cause,
            remind_at: None,
        })
    };
    let own = match standing.picked_up {
        Some(at) => step(at, terms.progress, Cause::NoProgress)?,
        None => step(standing.since, terms.pick_up(standing.urgency), Cause::NotPickedUp)?,
    };
    let to_the_regisseur = |since: Option<Timestamp>, term: Option<Term>, cause: Cause| match (since, term) {
        // Above the team the case already is where somebody can appoint a lead.
        (Some(since), Some(term)) if standing.rung <= Rung::Team => {
            step(since, term, cause).map(|step| Some(PlannedStep { to: Rung::Regisseur, ..step }))
        }
        _ => Ok(None),
    };
    let no_lead = to_the_regisseur(standing.no_lead_since, Some(ladder.no_lead), Cause::NoLead)?;
    let silent = to_the_regisseur(standing.heard_at, ladder.lead_silent_climb, Cause::LeadSilent)?;
    let sooner =
        |next: PlannedStep, other: PlannedStep| if other.due_at < next.due_at { other } else { next };
    let next = [no_lead, silent].into_iter().flatten().fold(own, sooner);
    // On the workfloor stand the people of the lead: without one there is nobody to remind.
    let somebody = standing.rung > Rung::Workfloor || standing.no_lead_since.is_none();
    let remind_at = if somebody { reminders(&next, ladder, calendar)?.first().copied() } else { None };
    Ok(Some(PlannedStep { remind_at, ..next }))
}

/// The instant a term is counted from when it follows on another.
///
/// A term in days ends at 24:00, which the clock calls 00:00 of the next day. For the calendar a start at 00:00 belongs
/// to the day that begins there; but a rung reached by plan at 24:00 on Tuesday was reached on Tuesday, and five working
/// days later is Tuesday again. Without this every rung would take a day too long (INV-7).
pub(crate) fn counted_from(from: Timestamp, term: Term) -> Timestamp {
    let moment_before = from.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(from);
    let ends_a_day = local_date(moment_before) < local_date(from);
    if term.is_in_days() && ends_a_day { moment_before } else { from }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::example;

    /// A Monday at 10.30 in Amsterdam, and the Tuesday after.
    const MONDAY: &str = "2026-03-09T09:30:00Z";
    const TUESDAY: &str = "2026-03-10T09:30:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn on(rung: Rung) -> Standing {
        let urgency = Urgency::Normal;
        Standing {
            rung,
            urgency,
            since: at(MONDAY),
            picked_up: None,
            no_lead_since: None,
            heard_at: None,
            paused_until: None,
        }
    }

    fn planned_under(ladder: &Ladder, standing: &Standing) -> Option<(Rung, Cause, String, String)> {
        let step = next_step(standing, ladder, &Calendar::dutch()).unwrap()?;
        assert_eq!(
            step.due_at,
            Calendar::dutch().due_at(counted_from(step.from, step.term), step.term).unwrap()
        );
        Some((step.to, step.cause, step.term.to_string(), step.due_at.to_string()))
    }

    fn planned(standing: &Standing) -> Option<(Rung, Cause, String, String)> {
        planned_under(&example::profile().policy.ladder, standing)
    }

    fn step(to: Rung, cause: Cause, term: &str, due_at: &str) -> Option<(Rung, Cause, String, String)> {
        Some((to, cause, term.to_owned(), due_at.to_owned()))
    }

    #[test]
    fn each_rung_has_its_own_pick_up_term() {
        for (rung, to, term, due_at) in [
            (Rung::Workfloor, Rung::Team, "5wd", "2026-03-16T23:00:00Z"),
            (Rung::Team, Rung::Regisseur, "10wd", "2026-03-23T23:00:00Z"),
            (Rung::Regisseur, Rung::College, "5wd", "2026-03-16T23:00:00Z"),
        ] {
            assert_eq!(planned(&on(rung)), step(to, Cause::NotPickedUp, term, due_at), "{rung}");
        }
    }

    #[test]
    fn an_urgent_case_has_the_urgent_pick_up_term_on_each_rung() {
        for (rung, to, term, due_at) in [
            (Rung::Workfloor, Rung::Team, "1wd", "2026-03-10T23:00:00Z"),
            (Rung::Team, Rung::Regisseur, "2wd", "2026-03-11T23:00:00Z"),
            (Rung::Regisseur, Rung::College, "2wd", "2026-03-11T23:00:00Z"),
        ] {
            let urgent = Standing { urgency: Urgency::Urgent, ..on(rung) };
            assert_eq!(planned(&urgent), step(to, Cause::NotPickedUp, term, due_at), "{rung}");
        }
    }

    #[test]
    fn once_picked_up_the_progress_term_counts_from_then() {
        for (rung, to, term, due_at) in [
            (Rung::Workfloor, Rung::Team, "10wd", "2026-03-24T23:00:00Z"),
            // Good Friday and Easter Monday fall in this one.
            (Rung::Team, Rung::Regisseur, "20wd", "2026-04-09T22:00:00Z"),
            (Rung::Regisseur, Rung::College, "14d", "2026-03-24T23:00:00Z"),
        ] {
            let picked_up = Standing { picked_up: Some(at(TUESDAY)), ..on(rung) };
            assert_eq!(planned(&picked_up), step(to, Cause::NoProgress, term, due_at), "{rung}");
        }
    }

    #[test]
    fn from_the_college_there_is_nowhere_to_climb() {
        let stalled =
            Standing { picked_up: Some(at(MONDAY)), no_lead_since: Some(at(MONDAY)), ..on(Rung::College) };
        assert_eq!((planned(&on(Rung::College)), planned(&stalled)), (None, None));
    }

    #[test]
    fn without_a_lead_workfloor_and_team_go_to_the_regisseur() {
        for rung in [Rung::Workfloor, Rung::Team] {
            let without = Standing { no_lead_since: Some(at(TUESDAY)), ..on(rung) };
            assert_eq!(
                planned(&without),
                step(Rung::Regisseur, Cause::NoLead, "2wd", "2026-03-12T23:00:00Z")
            );
        }
    }

    #[test]
    fn the_regisseur_is_not_warned_of_a_missing_lead_twice() {
        let without = Standing { no_lead_since: Some(at(MONDAY)), ..on(Rung::Regisseur) };
        assert_eq!(planned(&without), planned(&on(Rung::Regisseur)));
    }

    #[test]
    fn the_term_that_ends_first_counts() {
        let urgent =
            Standing { urgency: Urgency::Urgent, no_lead_since: Some(at(MONDAY)), ..on(Rung::Workfloor) };
        assert_eq!(planned(&urgent), step(Rung::Team, Cause::NotPickedUp, "1wd", "2026-03-10T23:00:00Z"));
    }

    #[test]
    fn a_silent_lead_brings_the_case_to_the_regisseur_where_the_policy_says_so() {
        let mut ladder = example::profile().policy.ladder;
        let heard = Standing { heard_at: Some(at(TUESDAY)), ..on(Rung::Team) };
        assert_eq!(planned_under(&ladder, &heard), planned_under(&ladder, &on(Rung::Team)));
        ladder.lead_silent_climb = Some("7wd".parse().unwrap());
        let silent = step(Rung::Regisseur, Cause::LeadSilent, "7wd", "2026-03-19T23:00:00Z");
        assert_eq!(planned_under(&ladder, &heard), silent);
        let reminded = next_step(&heard, &ladder, &Calendar::dutch()).unwrap().unwrap().remind_at;
        // Five working days after it was heard of, which is when it counts as silent.
        assert_eq!(reminded, Some(at("2026-03-17T23:00:00Z")));
        let directing = Standing { heard_at: Some(at(MONDAY)), ..on(Rung::Regisseur) };
        assert_eq!(planned_under(&ladder, &directing), planned_under(&ladder, &on(Rung::Regisseur)));
    }

    #[test]
    fn every_term_that_ran_is_counted_anew_from_the_end_of_a_pause_and_later_ones_are_not() {
        let paused = Standing { paused_until: Some(at(TUESDAY)), ..on(Rung::Workfloor) };
        assert_eq!(planned(&paused), step(Rung::Team, Cause::NotPickedUp, "5wd", "2026-03-17T23:00:00Z"));
        let picked_up = Standing { picked_up: Some(at(MONDAY)), ..paused };
        assert_eq!(planned(&picked_up), step(Rung::Team, Cause::NoProgress, "10wd", "2026-03-24T23:00:00Z"));
        let no_lead = Standing { no_lead_since: Some(at(MONDAY)), ..paused };
        assert_eq!(planned(&no_lead), step(Rung::Regisseur, Cause::NoLead, "2wd", "2026-03-12T23:00:00Z"));
        let since = Standing { since: at("2026-03-11T09:30:00Z"), ..paused };
        assert_eq!(planned(&since), step(Rung::Team, Cause::NotPickedUp, "5wd", "2026-03-18T23:00:00Z"));
    }

    #[test]
    fn on_a_tie_the_rungs_own_term_counts() {
        let mut ladder = example::profile().policy.ladder;
        ladder.no_lead = ladder.workfloor.pick_up;
        let without = Standing { no_lead_since: Some(at(MONDAY)), ..on(Rung::Workfloor) };
        let own = step(Rung::Team, Cause::NotPickedUp, "5wd", "2026-03-16T23:00:00Z");
        assert_eq!(planned_under(&ladder, &without), own);
    }

    #[test]
    fn inv7_a_rung_reached_at_the_end_of_tuesday_is_counted_from_tuesday() {
        let since = "2026-03-10T23:00:00Z".parse().unwrap();
        let standing = Standing { rung: Rung::Regisseur, since, ..on(Rung::Regisseur) };
        let step =
            next_step(&standing, &example::profile().policy.ladder, &Calendar::dutch()).unwrap().unwrap();
        // Five working days: Wednesday to Friday, Monday and Tuesday, until 24:00.
        assert_eq!(
            (step.term.to_string().as_str(), step.due_at),
            ("5wd", "2026-03-17T23:00:00Z".parse().unwrap())
        );
    }
}
