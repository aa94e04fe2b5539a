//! What holds of `validate`, as specs.

use proptest::prelude::*;
use seinhuis_contract::proto::ingest::v1::{
    CareSignal, HousingKind, HousingSignal, PoliceIngestServiceReportRequest, PoliceKind, PoliceSignal,
    Subject, subject,
};
use seinhuis_domain::area::AreaMap;

use super::*;

fn now() -> Timestamp {
    "2026-03-10T10:00:00Z".parse().unwrap()
}

fn common() -> Common {
    Common {
        reference: "2026-17".into(),
        occurred_at: Some(time::to_wire(now())),
        area_code: "WK150900".into(),
        ..Default::default()
    }
}

fn check(incoming: impl Into<Incoming>) -> Result<Checked, Vec<Violation>> {
    judged(Some(incoming.into()))
}

fn judged(incoming: Option<Incoming>) -> Result<Checked, Vec<Violation>> {
    let map = AreaMap::new(seinhuis_domain::example::profile().areas).unwrap();
    let rules = Rules { map: &map, now: now(), clock_skew: Duration::from_secs(300) };
    signal(incoming, &rules).map_err(|problem| match problem {
        Problem::Invalid(violations) => violations,
        other => panic!("no violation: {other}"),
    })
}

fn police(common: Common) -> PoliceSignal {
    PoliceSignal { common: Some(common), kind: PoliceKind::E33.into(), ..Default::default() }
}

fn fields(signal: impl Into<Incoming>) -> Vec<String> {
    check(signal).err().unwrap_or_default().into_iter().map(|violation| violation.field).collect()
}

#[test]
fn a_signal_that_keeps_the_rules_passes() {
    let checked = check(police(common())).unwrap_or_else(|v| panic!("{v:?}"));
    assert_eq!((checked.reference.as_str(), checked.kind.code()), ("2026-17", "police.e33"));
    assert_eq!((checked.occurred_at, checked.urgency), (now(), Urgency::Normal));
}

#[test]
fn everything_that_is_wrong_is_found_at_once() {
    let wrong = PoliceSignal { common: Some(Common::default()), kind: 99, incident_number: "x".repeat(65) };
    let expected = [
        "signal.kind",
        "signal.incident_number",
        "signal.common.reference",
        "signal.common.occurred_at",
        "signal.common.area_code",
    ];
    assert_eq!(fields(wrong), expected);
}

#[test]
fn no_signal_and_no_common_part_are_named() {
    assert_eq!(judged(None).err().unwrap()[0].field, "signal");
    assert_eq!(fields(PoliceSignal { common: None, kind: 1, ..Default::default() }), ["signal.common"]);
}

#[test]
fn a_reference_is_visible_ascii_of_limited_length() {
    for bad in ["", " ", "a b", "é", "a\u{0}", &"x".repeat(129)] {
        assert_eq!(fields(police(Common { reference: bad.into(), ..common() })), ["signal.common.reference"]);
    }
    assert!(check(police(Common { reference: "x".repeat(128), ..common() })).is_ok());
}

#[test]
fn a_signal_from_the_future_is_refused_beyond_the_allowed_skew() {
    let at = |seconds: i64| {
        let at = now().checked_add(SignedDuration::from_secs(seconds)).unwrap();
        police(Common { occurred_at: Some(time::to_wire(at)), ..common() })
    };
    assert!(check(at(300)).is_ok());
    assert_eq!(fields(at(301)), ["signal.common.occurred_at"]);
    assert_eq!(fields(at(-60 * 365 * 86_400)), ["signal.common.occurred_at"]);
}

#[test]
fn an_oversize_text_is_refused_and_not_repeated() {
    assert!(check(police(Common { free_text: "x".repeat(8192), ..common() })).is_ok());
    let found = check(police(Common { free_text: "geheim".repeat(2000), ..common() })).err().unwrap();
    assert_eq!((found[0].field.as_str(), found[0].value.as_str()), ("signal.common.free_text", "(withheld)"));
}

#[test]
fn a_household_key_has_one_spelling() {
    let key = |text: &str| check(police(Common { household_key: text.into(), ..common() }));
    let normal =
        |text: &str| key(text).unwrap_or_else(|v| panic!("{v:?}")).household_key.map(|k| k.to_string());
    assert_eq!(normal("D-2026 / 17"), normal("d2026/17"));
    assert_eq!(normal(""), None);
    assert!(key(" - ").is_err());
}

#[test]
fn unknown_words_and_too_many_persons_are_refused() {
    assert_eq!(fields(police(Common { urgency: 7, ..common() })), ["signal.common.urgency"]);
    assert_eq!(fields(police(Common { channel: "Balie 1".into(), ..common() })), ["signal.common.channel"]);
    assert_eq!(fields(CareSignal { common: Some(common()), kind: 1, consent: 9 }), ["signal.consent"]);
    let person =
        Subject { identifier: Some(subject::Identifier::Bsn("111222333".into())), ..Default::default() };
    let many = |n| police(Common { subjects: vec![person.clone(); n], ..common() });
    assert!(check(many(16)).is_ok());
    assert_eq!(fields(many(17)), ["signal.common.subjects"]);
}

#[test]
fn arrears_belong_to_rent_arrears_only() {
    let months = |kind: HousingKind, arrears_months| {
        fields(HousingSignal {
            common: Some(common()),
            kind: kind.into(),
            arrears_months,
            ..Default::default()
        })
    };
    assert!(months(HousingKind::FinHua, 3).is_empty());
    assert_eq!(months(HousingKind::FinHua, 121), ["signal.arrears_months"]);
    assert_eq!(months(HousingKind::SocGel, 3), ["signal.arrears_months"]);
}

proptest! {
    #[test]
    fn what_a_personal_field_holds_is_never_repeated(canary in "[A-Z]{12}") {
        let identifier = |bsn: &str| Some(subject::Identifier::Bsn(bsn.into()));
        let person = Subject { identifier: identifier(&canary), name: canary.repeat(20), birth_date: None };
        let wrong = PoliceSignal {
            common: Some(Common {
                subjects: vec![person],
                free_text: canary.repeat(1000),
                household_key: canary.repeat(20),
                address: Some(seinhuis_contract::proto::ingest::v1::Address {
                    postcode: canary.clone(),
                    house_number: 1,
                    addition: canary.clone(),
                }),
                ..Default::default()
            }),
            kind: 1,
            incident_number: canary.repeat(10),
        };
        let found = check(wrong).err().unwrap();
        prop_assert!(found.len() >= 5, "{:?}", found);
        prop_assert!(!Problem::Invalid(found.clone()).to_string().contains(&canary));
        let receipt = format!("{:?}", Problem::Invalid(found).refused());
        prop_assert!(!receipt.contains(&canary), "{}", receipt);
    }

    #[test]
    fn any_bytes_that_are_a_message_pass_or_are_refused(bytes: Vec<u8>) {
        use prost::Message;
        if let Ok(request) = PoliceIngestServiceReportRequest::decode(bytes.as_slice()) {
            let judged = judged(request.signal.map(Incoming::from));
            prop_assert!(judged.map_or_else(|found| !found.is_empty(), |checked| !checked.reference.is_empty()));
        }
    }

    #[test]
    fn any_texts_and_numbers_pass_or_are_refused(
        texts in proptest::collection::vec("\\PC{0,20}", 6), numbers: (i32, i32, u32), point: (f64, f64), at: (i64, i32),
    ) {
        use seinhuis_contract::proto::ingest::v1::{Address, GeoPoint};
        let mut instant = time::to_wire(now());
        (instant.seconds, instant.nanos) = at;
        let common = Common {
            reference: texts[0].clone(),
            occurred_at: Some(instant),
            area_code: texts[1].clone(),
            area_name: texts[2].clone(),
            point: Some(GeoPoint { lon: point.0, lat: point.1 }),
            address: Some(Address { postcode: texts[3].clone(), house_number: numbers.2, addition: texts[4].clone() }),
            urgency: numbers.0,
            channel: texts[5].clone(),
            ..Default::default()
        };
        let _ = check(PoliceSignal { common: Some(common), kind: numbers.1, ..Default::default() });
    }
}
