//! Instants and spans on the wire.

use jiff::{SignedDuration, Timestamp};

/// The instant as the wire carries it.
pub fn to_wire(at: Timestamp) -> prost_types::Timestamp {
    // jiff keeps both parts of one sign; the wire wants the nanoseconds to count forward.
    let nanos = at.as_nanosecond();
    let (seconds, rest) = (nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000));
    prost_types::Timestamp { seconds: seconds as i64, nanos: rest as i32 }
}

/// The instant the wire carries, in whole microseconds like every instant of the hub; `None` outside the years -9999
/// to 9999 and for nanoseconds outside 0 to 999,999,999.
pub fn from_wire(at: &prost_types::Timestamp) -> Option<Timestamp> {
    if !(0..1_000_000_000).contains(&at.nanos) {
        return None;
    }
    let micros = at.seconds.checked_mul(1_000_000)?.checked_add(i64::from(at.nanos / 1000))?;
    Timestamp::from_microsecond(micros).ok()
}

/// The span as the wire carries it.
pub fn span_to_wire(span: SignedDuration) -> prost_types::Duration {
    prost_types::Duration { seconds: span.as_secs(), nanos: span.subsec_nanos() }
}

/// The span the wire carries.
pub fn span_from_wire(span: &prost_types::Duration) -> SignedDuration {
    SignedDuration::new(span.seconds, span.nanos)
}

#[cfg(test)]
mod specs {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_instant_survives_the_wire(micros in -2_000_000_000_000_000i64..4_000_000_000_000_000) {
            let at = Timestamp::from_microsecond(micros).unwrap();
            prop_assert_eq!(from_wire(&to_wire(at)), Some(at));
        }

        #[test]
        fn any_two_numbers_are_an_instant_or_none(seconds: i64, nanos: i32) {
            let read = from_wire(&prost_types::Timestamp { seconds, nanos });
            prop_assert_eq!(read.map(|at| to_wire(at).seconds), read.map(|_| seconds));
        }
    }

    #[test]
    fn nanoseconds_that_are_none_make_no_instant() {
        for nanos in [-1, 1_000_000_000, i32::MIN, i32::MAX] {
            assert_eq!(from_wire(&prost_types::Timestamp { seconds: 1, nanos }), None);
        }
    }

    #[test]
    fn a_negative_span_keeps_its_sign() {
        let span = SignedDuration::from_millis(-1500);
        assert_eq!(span_from_wire(&span_to_wire(span)), span);
    }
}
