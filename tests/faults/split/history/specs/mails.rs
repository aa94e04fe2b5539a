//! Planted in what people were told.

use std::time::Duration;

use seinhuis_domain::event::Event;
use seinhuis_domain::ids::NoticeId;
use seinhuis_domain::notice::{Channel, NoticeEvent, NoticeFacts};

use super::world::World;
use super::{found, one};
use crate::history::{Crash, Finding, Mail};

const SECOND: Duration = Duration::from_secs(1);

/// The one notice of the good run.
fn facts(world: &World) -> NoticeFacts {
    match &world.history.log.last().unwrap().event {
        Event::Notice(NoticeEvent::NoticeDelivered { facts, .. }) => facts.clone(),
        other => panic!("{other:?}"),
    }
}

fn of_nothing() -> NoticeId {
    "6f3b7a0e-8f0b-4b52-9d5e-0d4a53c1b0ff".parse().unwrap()
}

/// The same notice comes in once more for each of these, so many seconds after the first.
fn mails_come_again(world: &mut World, seconds: &[u32]) {
    let Mail { notice, at } = world.history.mails[0];
    let again = seconds.iter().map(|seconds| Mail { notice, at: at + SECOND * *seconds });
    world.history.mails.extend(again);
}

/// Notify dies so many seconds after the first mail.
fn crash(world: &mut World, seconds: u32) {
    let at = world.history.mails[0].at + SECOND * seconds;
    world.history.crashes.push(Crash { from: at, until: at });
}

#[test]
fn a_climb_that_nobody_was_told_of_is_found_once_it_had_its_time() {
    let untold = one(|world| drop(world.history.log.pop()));
    assert!(matches!(untold, Finding::Untold { .. }), "{untold}");
    let too_soon_to_say = found(|world| {
        world.history.log.pop();
        world.history.horizon = Some(super::world::MONDAY.parse().unwrap());
    });
    assert_eq!(too_soon_to_say, []);
}

#[test]
fn a_second_outcome_is_found() {
    let twice = one(|world| {
        world.settle(facts(world));
    });
    assert!(matches!(twice, Finding::SettledTwice { first, again, .. } if first < again), "{twice}");
}

#[test]
fn an_outcome_and_a_mail_of_a_notice_that_no_climb_made_are_found() {
    let outcome = one(|world| {
        world.history.mails.push(Mail { notice: of_nothing(), at: SECOND });
        let facts = NoticeFacts { notice: of_nothing(), ..facts(world) };
        world.settle(facts);
    });
    assert!(matches!(outcome, Finding::OutcomeOfNothing { .. }), "{outcome}");
    let mail = one(|world| world.history.mails.push(Mail { notice: of_nothing(), at: SECOND }));
    assert_eq!(mail, Finding::MailOfNothing { notice: of_nothing() });
}

#[test]
fn a_delivery_without_a_mail_and_a_failure_are_found() {
    let none = one(|world| world.history.mails.clear());
    assert!(matches!(none, Finding::NoMail { .. }), "{none}");
    let failed = one(|world| {
        let (facts, channel, reason) = (facts(world), Channel::Mail, "refused".to_owned());
        let event = NoticeEvent::NoticeFailed { facts, channel, attempts: 1, reason };
        world.history.log.last_mut().unwrap().event = Event::Notice(event);
    });
    assert!(matches!(failed, Finding::NotDelivered { .. }), "{failed}");
}

#[test]
fn a_second_mail_without_a_crash_is_found() {
    let again = one(|world| mails_come_again(world, &[4]));
    assert!(matches!(again, Finding::SentAgain { .. }), "{again}");
    let a_crash_long_before = one(|world| {
        crash(world, 0);
        world.history.mails[0].at += SECOND * 4;
        mails_come_again(world, &[1]);
    });
    assert!(matches!(a_crash_long_before, Finding::SentAgain { .. }), "{a_crash_long_before}");
}

#[test]
fn one_crash_explains_one_mail_more() {
    let explained = found(|world| {
        crash(world, 0);
        mails_come_again(world, &[4]);
    });
    assert_eq!(explained, []);
    let one_too_many = one(|world| {
        crash(world, 0);
        mails_come_again(world, &[4, 5]);
    });
    assert!(matches!(one_too_many, Finding::SentAgain { .. }), "{one_too_many}");
}

#[test]
fn what_was_settled_and_is_sent_again_after_a_crash_is_found() {
    let replayed = one(|world| {
        crash(world, 3);
        mails_come_again(world, &[4]);
    });
    assert!(matches!(replayed, Finding::SentAfterSettled { .. }), "{replayed}");
    let unsettled_until_then = found(|world| {
        crash(world, 3);
        mails_come_again(world, &[4]);
        let last = world.history.heads.last_mut().unwrap();
        last.0 += SECOND * 5;
    });
    assert_eq!(unsettled_until_then, []);
}

#[test]
fn a_mail_names_its_notice_in_its_message_id() {
    let text = format!("From: Seinhuis\nMessage-ID: <{}@seinhuis>\nSubject: Zaak\n\nBeste", of_nothing());
    assert_eq!(Mail::read(&text, SECOND), Some(Mail { notice: of_nothing(), at: SECOND }));
    assert_eq!(Mail::read("Subject: Zaak\n\nMessage-ID: <none@example.org>", SECOND), None);
}
