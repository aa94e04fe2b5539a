//! A head says of a case what the rules say.

use seinhuis_domain::case::{Act, CaseCommand, CaseState};
use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::matching::Match;
use seinhuis_domain::sealed::Sealed;

use super::*;
use crate::scene::{Scene, on_each_backend, pseudonym, signal};
use crate::{Follower, Model, Views};

on_each_backend! {
    after_every_step_a_head_agrees_with_the_rules
}

/// What both the rules and the read model know of a case.
fn common(state: CaseState) -> impl PartialEq + std::fmt::Debug {
    let CaseState { id, area, lane, track, urgency, team, lead, policy_version, rung, cycle, .. } = state;
    let counts = (state.signals.len() as u32, state.refusals, state.handovers);
    // The policy of the scene says within when who reported hears of it.
    let ended = (state.resolved, state.resolved && !state.answered);
    let place = (id, area, lane, track, urgency, team, lead);
    (
        place,
        policy_version,
        rung,
        cycle,
        state.since,
        (state.picked_up, state.paused_until),
        state.planned,
        counts,
        ended,
    )
}

fn seen(head: CaseHead) -> impl PartialEq + std::fmt::Debug {
    let CaseHead { id, area, lane, track, urgency, team, lead, policy_version, rung, cycle, .. } = head;
    let counts = (head.signals, head.refusals, head.handovers);
    let ended = (head.resolved_at.is_some(), head.feedback_due.is_some());
    let place = (id, area, lane, track, urgency, team, lead);
    (
        place,
        policy_version,
        rung,
        cycle,
        head.since,
        (head.picked_up, head.paused_until),
        head.planned,
        counts,
        ended,
    )
}

fn pause(scene: &Scene) -> CaseCommand {
    let note = Some(Sealed { keys: vec![], bytes: vec![1] });
    CaseCommand::Pause { until: scene.due("2wd"), act: Act { note, ..scene.act() } }
}

async fn after_every_step_a_head_agrees_with_the_rules(mut scene: Scene) {
    let views = Views::open(&scene.url("views"), &[Model::CaseFile]).await.unwrap();
    let mut follower = Follower::new(scene.log.clone(), views.clone());
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let partner = |name| PartnerId::new(name).unwrap();
    for step in 0..17 {
        let act = scene.act();
        let command = match step {
            0 => CaseCommand::Acknowledge { act },
            1 => {
                let because = Match::SameSubject { subject: pseudonym(1) };
                scene.attached(case, &signal("politie", "2", "police.e33"), because).await;
                CaseCommand::Acknowledge { act }
            }
            2 => CaseCommand::Refuse { partner: partner("wonion"), act },
            3 => CaseCommand::AssignLead { lead: partner("sensire"), act },
            4 => CaseCommand::HandOver { to: partner("politie"), act },
            5 => CaseCommand::RaiseByTimer { step: scene.planned(case).await.unwrap(), at: Timestamp::MAX },
            6 => CaseCommand::Decide { lead: partner("wonion"), act },
            7 => CaseCommand::LowerRung { to: Rung::Team, act },
            8 => CaseCommand::RaiseRung { to: Rung::Regisseur, act },
            9 => pause(&scene),
            10 => CaseCommand::Resume { act },
            11 => pause(&scene),
            12 => CaseCommand::GiveFeedback { outcome: Outcome::PickedUp, act },
            13 => CaseCommand::Resolve { act },
            14 => CaseCommand::GiveFeedback { outcome: Outcome::Resolved, act },
            15 => CaseCommand::Reopen { act },
            _ => CaseCommand::Resolve { act },
        };
        scene.case(case, command).await.unwrap();
        scene.later(5);
        follower.catch_up().await.unwrap();
        let head = views.case_head(case).await.unwrap().unwrap();
        assert_eq!(
            format!("{:?}", seen(head)),
            format!("{:?}", common(scene.state(case).await)),
            "step {step}"
        );
    }
}
