//! Which moments a series has.

use jiff::Timestamp;
use seinhuis_contract::proto::history::v1::GetSeriesRequest;
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::calendar::{self, Every};

/// Moments of one series at most: nearly three years of days.
const MOST: usize = 1_000;

/// The moments of a series, the one before the first, and the end.
#[derive(Debug)]
pub(super) struct Moments {
    pub(super) before: Timestamp,
    pub(super) moments: Vec<Timestamp>,
    /// No moment is after this one.
    pub(super) until: Timestamp,
}

/// The moments asked for.
pub(super) fn moments(request: &GetSeriesRequest, now: Timestamp) -> Result<Moments, Problem> {
    let instant = |field: &str, asked: &Option<prost_types::Timestamp>| {
        let read = asked.as_ref().and_then(time::from_wire);
        read.ok_or_else(|| {
            Problem::field(field, &asked.map_or(String::new(), |at| format!("{at:?}")), "an instant")
        })
    };
    let (from, until) = (instant("from", &request.from)?, instant("until", &request.until)?);
    let every = Every::try_from(request.every()).map_err(|_| {
        Problem::field("every", &request.every.to_string(), "EVERY_DAY, EVERY_WEEK or EVERY_MONTH")
    })?;
    if until > now {
        let rule = format!("not after the hub's clock, {}", calendar::render(now));
        return Err(Problem::field("until", &calendar::render(until), &rule));
    }
    if from > until {
        let rule = format!("not after until, {}", calendar::render(until));
        return Err(Problem::field("from", &calendar::render(from), &rule));
    }
    let moments: Vec<_> = every.moments(from, until).take(MOST + 1).collect();
    if moments.len() > MOST {
        let rule = format!("so near to until that there are at most {MOST} moments");
        return Err(Problem::field("from", &calendar::render(from), &rule));
    }
    Ok(Moments { before: every.before(from), moments, until })
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_contract::proto::history::v1 as wire;

    fn asked(from: &str, until: &str, every: wire::Every) -> Result<usize, String> {
        let at = |text: &str| Some(time::to_wire(text.parse().unwrap()));
        let request = GetSeriesRequest {
            area_code: String::new(),
            from: at(from),
            until: at(until),
            every: every.into(),
            ..Default::default()
        };
        let now = "2026-06-01T10:00:00Z".parse().unwrap();
        moments(&request, now).map(|asked| asked.moments.len()).map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_year_of_months_is_twelve_moments_and_the_last() {
        assert_eq!(asked("2025-06-01T10:00:00Z", "2026-06-01T10:00:00Z", wire::Every::Month), Ok(13));
    }

    #[test]
    fn what_cannot_be_is_refused_by_its_field() {
        let refused = |from, until, every| asked(from, until, every).unwrap_err();
        let future = refused("2026-01-01T10:00:00Z", "2026-06-01T10:00:01Z", wire::Every::Day);
        assert!(future.starts_with("until"), "{future}");
        let backwards = refused("2026-02-01T10:00:00Z", "2026-01-01T10:00:00Z", wire::Every::Day);
        assert!(backwards.starts_with("from"), "{backwards}");
        let many = refused("2020-01-01T10:00:00Z", "2026-01-01T10:00:00Z", wire::Every::Day);
        assert!(many.contains("1000 moments"), "{many}");
        let never = refused("2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z", wire::Every::Unspecified);
        assert!(never.starts_with("every"), "{never}");
    }
}
