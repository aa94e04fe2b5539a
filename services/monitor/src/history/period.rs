//! What happened since an instant, and in the period before it.

use jiff::Timestamp;
use seinhuis_contract::proto::history::v1::{Clock, GetAsOfRequest, Period, Repeat, Score};
use seinhuis_contract::status::Problem;
use seinhuis_contract::time;
use seinhuis_domain::access::Ask;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::calendar::{self, period_before};
use seinhuis_eventstore::Position;
use seinhuis_projections::report::{self, Moment};
use seinhuis_projections::{Span, Views};

use super::flow::{flow, subject_class};
use super::moment::Then;
use crate::asker::{AskedAreas, Asker};
use crate::failure::Failure;
use crate::hub::Hub;

/// Repeated subjects that are named at most.
const REPEATS: usize = 100;

/// A period of which both ends are known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    from: (Timestamp, Position),
    until: (Timestamp, Position),
}

impl Stretch {
    /// From the instant that was asked for up to a moment.
    pub(super) async fn since(
        hub: &Hub,
        since: Option<&prost_types::Timestamp>,
        then: Then,
    ) -> Result<Self, Failure> {
        let asked = since.map_or(String::new(), |at| format!("{at:?}"));
        let refused = |rule: &str| Problem::field("since", &asked, rule);
        let from = since
            .and_then(time::from_wire)
            .ok_or_else(|| refused("an instant, since it is about a period"))?;
        if from >= then.at {
            return Err(refused(&format!("before the moment, {}", calendar::render(then.at))).into());
        }
        Ok(Self { from: known(hub, from, then).await?, until: (then.at, then.position) })
    }

    /// The period before it.
    async fn before(self, hub: &Hub, then: Then) -> Result<Self, Failure> {
        let from = period_before(self.from.0, self.until.0).unwrap_or(Timestamp::MIN);
        Ok(Self { from: known(hub, from, then).await?, until: self.from })
    }

    /// Its signals, by a clock, as they were known at a position.
    pub(super) fn span(self, clock: Clock, known: Position) -> Span {
        match clock {
            Clock::Unspecified | Clock::Recorded => Span::Recorded(self.from.1, self.until.1),
            Clock::Occurred => Span::Occurred(self.from.0, self.until.0, known),
        }
    }

    pub(super) fn positions(self) -> (Position, Position) {
        (self.from.1, self.until.1)
    }
}

/// An instant with its position, which is none after that of the moment.
async fn known(hub: &Hub, at: Timestamp, then: Then) -> Result<(Timestamp, Position), Failure> {
    Ok((at, Then::known(hub, at).await?.position.min(then.position)))
}

/// The period up to `then` that was asked for, if one was.
pub(super) async fn period(
    hub: &Hub,
    asker: &Asker,
    request: &GetAsOfRequest,
    asked: &AskedAreas,
    then: Then,
) -> Result<Option<Period>, Failure> {
    if request.since.is_none() {
        return Ok(None);
    }
    let now = Stretch::since(hub, request.since.as_ref(), then).await?;
    let before = now.before(hub, then).await?;
    let (views, areas, clock) = (&hub.parts.views.versions, &asked.within, request.clock());
    let moment = Moment { at: then.at, directory: asker.directory() };
    let span = now.span(clock, then.position);
    Ok(Some(Period {
        clock: if clock == Clock::Unspecified { Clock::Recorded } else { clock }.into(),
        from: Some(time::to_wire(now.from.0)),
        until: Some(time::to_wire(then.at)),
        after_position: now.from.1.0,
        position: then.position.0,
        flow: Some(flow(views, areas, span, now.positions()).await?),
        before_from: Some(time::to_wire(before.from.0)),
        before: Some(flow(views, areas, before.span(clock, then.position), before.positions()).await?),
        scorecard: scorecard(views, areas, now, moment).await?,
        repeats: repeats(views, asker, asked, span).await?,
    }))
}

async fn scorecard(
    views: &Views,
    areas: &[AreaCode],
    now: Stretch,
    moment: Moment<'_>,
) -> Result<Vec<Score>, Failure> {
    let (after, until) = now.positions();
    let spells = views.spells(areas, after, until).await?;
    Ok(report::scorecard(&spells, moment).into_iter().map(score).collect())
}

fn score(score: report::Score) -> Score {
    let (percent, met) = (score.percent(), score.is_met());
    let report::Score { agreement, kept, late, passed_on, waiting } = score;
    Score {
        partner: agreement.partner.to_string(),
        agreement: agreement.name,
        kinds: agreement.kinds,
        pick_up: agreement.pick_up.to_string(),
        agreed_percent: agreement.percent,
        kept,
        late,
        passed_on,
        waiting,
        percent,
        met,
    }
}

/// Pseudonyms are of cases: who may see these sees those.
async fn repeats(
    views: &Views,
    asker: &Asker,
    asked: &AskedAreas,
    span: Span,
) -> Result<Vec<Repeat>, Failure> {
    if !asked.areas.iter().all(|area| asker.can(Ask::Case(area))) {
        return Ok(vec![]);
    }
    let most = views.most_repeated(&asked.within, span, REPEATS).await?;
    let repeat = |found: seinhuis_projections::Repeat| Repeat {
        subject_class: subject_class(found.class).into(),
        subject_id: found.subject.to_string(),
        signals: found.signals,
    };
    Ok(most.into_iter().map(repeat).collect())
}
