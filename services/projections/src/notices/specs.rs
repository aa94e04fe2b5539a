//! Who is told, and when that is settled.

use seinhuis_domain::case::CaseCommand;
use seinhuis_domain::directory::Directory;
use seinhuis_domain::event::Event;
use seinhuis_domain::example;
use seinhuis_domain::notice::{Notice, NoticeCommand, NoticeFacts};
use seinhuis_domain::policy::Reminders;
use seinhuis_domain::profile::{Absence, ProfileEvent};
use seinhuis_eventstore::Context;

use super::*;
use crate::Follower;
use crate::scene::{Scene, on_each_backend, signal};

on_each_backend! {
    a_climb_makes_a_notice_with_all_that_its_text_needs
    a_settled_notice_waits_no_more_and_keeps_its_first_outcome
    one_that_failed_is_among_the_dead_until_it_is_tried_again
    a_climb_that_nobody_is_told_of_is_kept_for_operations
    a_reminder_is_a_notice_of_its_own
    a_notice_that_is_held_waits_for_its_instant
    of_a_climb_that_the_case_went_past_nobody_is_told_and_operations_needn_t_look
    a_person_finds_his_own_notices_page_by_page_the_newest_first
    what_waits_knows_the_trace_that_it_came_from_and_when
}

async fn views(scene: &Scene) -> Views {
    let views = Views::open(&scene.url("notices"), &[Model::Notices]).await.unwrap();
    Follower::new(scene.log.clone(), views.clone()).with_page(1).catch_up().await.unwrap();
    views
}

async fn a_climb_makes_a_notice_with_all_that_its_text_needs(mut scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let planned = scene.planned(case).await.unwrap();
    scene.climb(case).await;
    let next = scene.planned(case).await.unwrap();
    let waiting = views(&scene).await.unsettled_notices(Timestamp::MAX, 10).await.unwrap();
    let person = PersonId::new("coordinator-ulft").unwrap();
    assert_eq!(
        waiting,
        [NoticeRow {
            id: NoticeId::of(&format!("{case}:1:team:0"), &person),
            position: scene.head(),
            case,
            number: case.number(),
            area: AreaCode::new("WK150900").unwrap(),
            rung: Rung::Team,
            cycle: 0,
            policy_version: 1,
            cause: Cause::NotPickedUp,
            person,
            planned_at: Some(planned.due_at),
            at: scene.now,
            deadline: Some(next.due_at),
            term: Some(next.term),
            next: Some(next.to),
            reminder: None,
            send_at: scene.now,
            outcome: None,
            trace: None,
        }]
    );
}

async fn a_settled_notice_waits_no_more_and_keeps_its_first_outcome(mut scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    scene.climb(case).await;
    let told = views(&scene).await.unsettled_notices(Timestamp::MAX, 10).await.unwrap().remove(0);
    scene.climb(case).await;
    let missed = views(&scene).await.unsettled_notices(Timestamp::MAX, 10).await.unwrap().remove(1);
    scene.settle(case, told.id, Rung::Team, "coordinator-ulft", false).await;
    let delivered = scene.head();
    scene.settle(case, missed.id, Rung::Regisseur, "regisseur-ulft", true).await;
    let views = views(&scene).await;
    assert_eq!(views.unsettled_notices(Timestamp::MAX, 10).await.unwrap(), []);
    let all = views.notices_of(case, 10).await.unwrap();
    let outcomes: Vec<_> = all.into_iter().map(|notice| notice.outcome.unwrap()).collect();
    let by_mail =
        |position, attempts, reason| Outcome { position, channel: Some(Channel::Mail), attempts, reason };
    assert_eq!(
        outcomes,
        [by_mail(delivered, 1, None), by_mail(scene.head(), 5, Some("no such box".to_owned()))]
    );
}

async fn a_climb_that_nobody_is_told_of_is_kept_for_operations(mut scene: Scene) {
    let mut profile = example::profile();
    profile.teams.clear();
    let mut who = Directory::default();
    let adopted = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(profile) };
    who.apply("example", &Event::Profile(adopted)).unwrap();
    scene.who = who;
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    scene.climb(case).await;
    let views = views(&scene).await;
    assert_eq!(views.unsettled_notices(Timestamp::MAX, 10).await.unwrap(), []);
    let nobody = views.nobody_told(10).await.unwrap();
    let area = AreaCode::new("WK150900").unwrap();
    assert_eq!(nobody, [NobodyTold { position: scene.head(), case, area, rung: Rung::Team, at: scene.now }]);
}

async fn a_reminder_is_a_notice_of_its_own(mut scene: Scene) {
    let mut profile = example::profile();
    profile.policy.ladder.reminders = Some(Reminders { at_percent: 80, again_every: None, at_most: 1 });
    scene.adopt(profile);
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    scene.remind(case).await;
    let step = scene.planned(case).await.unwrap();
    let waiting = views(&scene).await.unsettled_notices(Timestamp::MAX, 10).await.unwrap();
    let person = PersonId::new("consulent-wonion").unwrap();
    assert_eq!(
        waiting,
        [NoticeRow {
            id: NoticeId::of(&format!("{case}:1:workfloor:0:reminder:1"), &person),
            position: scene.head(),
            case,
            number: case.number(),
            area: AreaCode::new("WK150900").unwrap(),
            rung: Rung::Workfloor,
            cycle: 0,
            policy_version: 1,
            cause: Cause::NotPickedUp,
            person,
            planned_at: step.remind_at,
            at: scene.now,
            deadline: Some(step.due_at),
            term: Some(step.term),
            next: Some(Rung::Team),
            reminder: Some(1),
            send_at: scene.now,
            outcome: None,
            trace: None,
        }]
    );
    scene.climb(case).await;
    assert_eq!(views(&scene).await.notices_of(case, 10).await.unwrap().len(), 2);
}

async fn a_notice_that_is_held_waits_for_its_instant(mut scene: Scene) {
    let mut profile = example::profile();
    let march = |day| jiff::civil::date(2026, 3, day);
    let coordinator = profile.people.iter_mut().find(|p| p.id.as_str() == "coordinator-ulft").unwrap();
    coordinator.absences.push(Absence { from: march(16), until: march(20) });
    scene.adopt(profile);
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    scene.climb(case).await;
    let back: Timestamp = "2026-03-23T08:00:00Z".parse().unwrap();
    let views = views(&scene).await;
    let before = back - jiff::SignedDuration::from_micros(1);
    assert_eq!(views.unsettled_notices(before, 10).await.unwrap(), []);
    assert_eq!(views.next_notice(before).await.unwrap(), Some(back));
    let due = views.unsettled_notices(back, 10).await.unwrap();
    assert_eq!(due.iter().map(|notice| notice.send_at).collect::<Vec<_>>(), [back]);
    assert_eq!(views.next_notice(back).await.unwrap(), None);
}

async fn one_that_failed_is_among_the_dead_until_it_is_tried_again(mut scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    scene.climb(case).await;
    let notice = views(&scene).await.unsettled_notices(scene.now, 10).await.unwrap().remove(0);
    assert_eq!(waits_and_dead(&scene).await, (Some(notice.send_at), 0));
    scene.settle(case, notice.id, Rung::Team, "coordinator-ulft", true).await;
    assert_eq!(waits_and_dead(&scene).await, (None, 1));
    let failed = scene.head();
    let dead = async |after, until| {
        let found = views(&scene).await.dead_notices(Position(after), Position(until), 10).await.unwrap();
        found.into_iter().map(|notice| notice.id).collect::<Vec<_>>()
    };
    assert_eq!(dead(failed.0 - 1, failed.0).await, [notice.id]);
    assert_eq!(dead(failed.0, u64::MAX >> 1).await, []);
    assert_eq!(dead(0, failed.0 - 1).await, []);
    let NoticeRow { id, case, area, rung, person, reminder, .. } = notice.clone();
    let command =
        NoticeCommand::Replay { facts: NoticeFacts { notice: id, case, area, rung, person, reminder } };
    let context = Context { actor: "admin".into(), at: scene.now, trace: None };
    scene.log.execute::<Notice>(&(), &id.to_string(), command, &context).await.unwrap();
    assert_eq!(dead(0, u64::MAX >> 1).await, []);
    assert_eq!(waits_and_dead(&scene).await, (Some(notice.send_at), 0));
    let waiting = views(&scene).await.unsettled_notices(scene.now, 10).await.unwrap();
    assert_eq!(waiting, [notice]);
}

/// Since when the oldest notice waits, and how many failed for good.
async fn waits_and_dead(scene: &Scene) -> (Option<Timestamp>, u64) {
    let views = views(scene).await;
    (views.oldest_unsettled(scene.now).await.unwrap(), views.dead_count().await.unwrap())
}

async fn of_a_climb_that_the_case_went_past_nobody_is_told_and_operations_needn_t_look(mut scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let step = scene.planned(case).await.unwrap();
    scene.now = "2026-12-01T09:00:00Z".parse().unwrap();
    scene.case(case, CaseCommand::CatchUp { step, at: scene.now }).await.unwrap();
    let views = views(&scene).await;
    let waiting = views.unsettled_notices(Timestamp::MAX, 10).await.unwrap();
    assert_eq!(waiting.iter().map(|notice| notice.rung).collect::<Vec<_>>(), [Rung::College]);
    assert_eq!(views.nobody_told(10).await.unwrap(), []);
}

async fn a_person_finds_his_own_notices_page_by_page_the_newest_first(mut scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    for _ in 0..3 {
        scene.climb(case).await;
    }
    let second = scene.opened(&signal("wonion", "2", "housing.fin.hua")).await;
    scene.climb(second).await;
    let views = views(&scene).await;
    let person = PersonId::new("coordinator-ulft").unwrap();
    let newest = views.notices_to(&person, None, 1).await.unwrap();
    assert_eq!(newest.iter().map(|notice| notice.case).collect::<Vec<_>>(), [second]);
    let before = Some((newest[0].position, newest[0].id));
    let older = views.notices_to(&person, before, 10).await.unwrap();
    assert_eq!(
        older.iter().map(|notice| (notice.case, notice.rung)).collect::<Vec<_>>(),
        [(case, Rung::Team)]
    );
}

async fn what_waits_knows_the_trace_that_it_came_from_and_when(mut scene: Scene) {
    let trace = |digit: &str| format!("00-{}-b7ad6b7169203331-01", digit.repeat(32));
    scene.trace = Some(trace("a"));
    let pending = signal("wonion", "1", "housing.fin.hua");
    scene.report(&pending).await;
    let case = scene.opened(&signal("wonion", "2", "housing.fin.hua")).await;
    let opened = Traced::of(Some(&trace("a")), scene.now);
    scene.later(1);
    scene.trace = Some(trace("b"));
    scene.climb(case).await;
    let climbed = Traced::of(Some(&trace("b")), scene.now);
    assert_ne!(opened, climbed);

    let models = [Model::Matching, Model::Timers, Model::Notices];
    let views = Views::open(&scene.url("all"), &models).await.unwrap();
    Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap();
    assert_eq!(views.pending(10).await.unwrap()[0].trace, opened);
    assert_eq!(views.due(Timestamp::MAX, 10).await.unwrap()[0].trace, climbed);
    assert_eq!(views.unsettled_notices(Timestamp::MAX, 10).await.unwrap()[0].trace, climbed);
}
