//! Notices that are collected. Whoever asks for it gets one mail every so long, which lists each notice that came since: a
//! throttle that drops nothing. What goes into one mail follows from the log alone, so that after a crash it is the same mail.

use jiff::{SignedDuration, Timestamp};
use seinhuis_domain::ids::NoticeId;
use seinhuis_projections::NoticeRow;

use crate::contact::{Contact, Way};

/// The most that one mail lists; what is more comes in the next one, at the same time.
pub(crate) const MOST: usize = 50;

/// When a notice to `contact` goes out that may from `send_at` on: then, or where his are collected at the next whole multiple of
/// that time. Collected are notices to those who are told by mail first.
pub(crate) fn goes_out(send_at: Timestamp, contact: Option<&Contact>) -> Timestamp {
    every(contact).map_or(send_at, |every| {
        let (at, every) = (send_at.as_microsecond(), i64::try_from(every.as_micros()).unwrap_or(i64::MAX));
        let over = at.rem_euclid(every);
        let wait = if over == 0 { 0 } else { every - over };
        send_at.saturating_add(SignedDuration::from_micros(wait)).unwrap_or(Timestamp::MAX)
    })
}

/// How long notices to `contact` are collected, if they are.
fn every(contact: Option<&Contact>) -> Option<SignedDuration> {
    let contact = contact.filter(|contact| contact.ways.first() == Some(&Way::Mail))?;
    contact.digest_every.filter(|every| every.is_positive())
}

/// Notices that might go out and are collected still, as they were found last.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    count: usize,
    next: Option<Timestamp>,
}

impl Collected {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// When the first of them go out.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.next
    }

    /// Those of `due` that go out at `now`. The others are these from here on.
    pub(crate) fn set_aside<'a>(
        &mut self,
        mut due: Vec<NoticeRow>,
        now: Timestamp,
        contact: impl Fn(&NoticeRow) -> Option<&'a Contact>,
    ) -> Vec<NoticeRow> {
        let at = |notice: &NoticeRow| goes_out(notice.send_at, contact(notice));
        let all = due.len();
        self.next = due.iter().map(at).filter(|at| *at > now).min();
        due.retain(|notice| at(notice) <= now);
        self.count = all - due.len();
        due
    }
}

/// What goes out together, in the order of `due`: alone, or with the others of the same time to the same person where his are
/// collected. What comes later than these is never put with them: after a crash it must be the same mail.
pub(crate) fn parcels<'a>(
    due: Vec<NoticeRow>,
    contact: impl Fn(&NoticeRow) -> Option<&'a Contact>,
    way: impl Fn(&NoticeRow) -> Way,
) -> Vec<Vec<NoticeRow>> {
    let mut parcels: Vec<(bool, Vec<NoticeRow>)> = Vec::new();
    for notice in due {
        let to = contact(&notice);
        let collects = every(to).is_some() && way(&notice) == Way::Mail;
        let time = |notice: &NoticeRow| goes_out(notice.send_at, to);
        let fits = |(open, parcel): &&mut (bool, Vec<NoticeRow>)| {
            let (first, room) = (&parcel[0], parcel.len() < MOST);
            *open && room && first.person == notice.person && time(first) == time(&notice)
        };
        match parcels.iter_mut().rev().find(fits).filter(|_| collects) {
            Some((_, parcel)) => parcel.push(notice),
            None => parcels.push((collects, vec![notice])),
        }
    }
    parcels.into_iter().map(|(_, parcel)| parcel).collect()
}

/// What the mail with these notices is called, for ever: with the same notices it has the same name.
pub(crate) fn id(notices: &[NoticeRow]) -> NoticeId {
    match notices {
        [] => unreachable!("no mail lists nothing"),
        [alone] => alone.id,
        [first, ..] => {
            let mut ids: Vec<String> = notices.iter().map(|notice| notice.id.to_string()).collect();
            ids.sort_unstable();
            NoticeId::of(&format!("digest:{}", ids.join(",")), &first.person)
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::scene;
    use seinhuis_domain::ids::PersonId;

    fn hourly(ways: &[Way]) -> Contact {
        Contact { digest_every: Some(SignedDuration::from_hours(1)), ..scene::contact(ways) }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_notice_that_is_collected_goes_out_at_the_next_whole_hour_and_any_other_at_once() {
        let collected = |send_at| goes_out(at(send_at), Some(&hourly(&[Way::Mail])));
        assert_eq!(collected("2026-03-10T14:00:00.000001Z"), at("2026-03-10T15:00:00Z"));
        assert_eq!(collected("2026-03-10T15:00:00Z"), at("2026-03-10T15:00:00Z"));
        let now = at("2026-03-10T14:30:00Z");
        for contact in [None, Some(&scene::contact(&[Way::Mail])), Some(&hourly(&[Way::Webhook, Way::Mail]))]
        {
            assert_eq!(goes_out(now, contact), now);
        }
    }

    #[test]
    fn until_then_they_are_set_aside_and_it_is_known_when_the_first_of_them_go() {
        let (contact, send_at) = (hourly(&[Way::Mail]), scene::notice("any").send_at);
        let (now, whole) = (send_at + SignedDuration::from_mins(1), send_at + SignedDuration::from_hours(1));
        let late = NoticeRow { send_at: now, ..scene::notice("2") };
        let mut collected = Collected::default();
        let ready = collected.set_aside(vec![scene::notice("1"), late.clone()], now, |_| Some(&contact));
        assert_eq!((ready.len(), collected.len(), collected.next()), (1, 1, Some(whole)));
        let ready = collected.set_aside(vec![late], whole, |_| Some(&contact));
        assert_eq!((ready.len(), collected.len(), collected.next()), (1, 0, None));
    }

    #[test]
    fn those_to_one_person_go_together_up_to_the_most_and_none_is_left_out() {
        let contact = hourly(&[Way::Mail]);
        let to = |person: &str, what: usize| {
            let person = PersonId::new(person).unwrap();
            NoticeRow { person, ..scene::notice(&what.to_string()) }
        };
        let mut due: Vec<_> = (0..=MOST).map(|what| to("regisseur-ulft", what)).collect();
        due.insert(1, to("college", 1_000));
        let all = due.len();
        let sizes = |parcels: &[Vec<NoticeRow>]| parcels.iter().map(Vec::len).collect::<Vec<_>>();
        let sorted = parcels(due.clone(), |_| Some(&contact), |_| Way::Mail);
        assert_eq!(sizes(&sorted), [MOST, 1, 1]);
        let apart = parcels(due.clone(), |_| Some(&contact), |_| Way::Webhook);
        assert_eq!((apart.len(), sizes(&apart)[0]), (all, 1));
        let plain = scene::contact(&[Way::Mail]);
        assert_eq!(parcels(due, |_| Some(&plain), |_| Way::Mail).len(), all);
    }

    #[test]
    fn what_should_have_gone_before_a_crash_goes_by_itself_and_is_the_same_mail_as_then() {
        let contact = hourly(&[Way::Mail]);
        let at_ten = [scene::notice("1"), scene::notice("2")];
        let send_at = at_ten[0].send_at + SignedDuration::from_mins(1);
        let later = NoticeRow { send_at, ..scene::notice("3") };
        let mails = |due: &[NoticeRow]| -> Vec<NoticeId> {
            parcels(due.to_vec(), |_| Some(&contact), |_| Way::Mail).iter().map(|parcel| id(parcel)).collect()
        };
        let [first, second] = at_ten;
        let before = mails(&[first.clone(), second.clone()]);
        assert_eq!(mails(&[first, second, later.clone()]), [before[0], later.id]);
    }

    #[test]
    fn the_same_notices_make_the_same_mail_and_one_alone_is_its_own() {
        let (one, two) = (scene::notice("1"), scene::notice("2"));
        assert_eq!(id(&[one.clone(), two.clone()]), id(&[two.clone(), one.clone()]));
        assert_ne!(id(&[one.clone(), two]), one.id);
        assert_eq!(id(std::slice::from_ref(&one)), one.id);
    }
}
