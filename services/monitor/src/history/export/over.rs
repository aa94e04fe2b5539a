//! What came in and what was done over a period, by area. Areas are counted one by one, each without what lies in it, so
//! that rows can be added up.

use seinhuis_domain::area::AreaCode;
use seinhuis_eventstore::Position;
use seinhuis_projections::{Fault, Intake, Span, StepCount, Views};

use super::suppress;
use super::table::{Column, Kind, Table, Value, column};

const INTAKE: &[Column] = &[
    column("area_code", Kind::Text),
    column("partner", Kind::Text),
    column("sector", Kind::Text),
    column("kind", Kind::Text),
    column("channel", Kind::Text),
    column("signals", Kind::Count),
];

const STEPS: &[Column] = &[
    column("area_code", Kind::Text),
    column("step", Kind::Text),
    column("rung", Kind::Text),
    column("times", Kind::Count),
];

/// Signals alike, of each area.
pub(super) async fn intake(
    views: &Views,
    areas: &[AreaCode],
    span: Span,
    for_publication: bool,
) -> Result<Table, Fault> {
    let mut table = Table { columns: INTAKE, rows: vec![], left_out: 0 };
    for area in areas {
        for Intake { partner, kind, channel, signals } in
            views.intake(std::slice::from_ref(area), span).await?
        {
            let signals = table.counted(signals, for_publication);
            let (partner, sector) = (partner.as_str().into(), kind.sector().as_str().into());
            let row = [area.as_str().into(), partner, sector, kind.code().into(), channel.into(), signals];
            table.rows.push(row.into());
        }
    }
    Ok(table)
}

/// What was done to the cases of each area.
pub(super) async fn steps(
    views: &Views,
    areas: &[AreaCode],
    (after, until): (Position, Position),
    for_publication: bool,
) -> Result<Table, Fault> {
    let mut table = Table { columns: STEPS, rows: vec![], left_out: 0 };
    for area in areas {
        for StepCount { step, times } in views.steps(std::slice::from_ref(area), after, until).await? {
            let times = table.counted(times, for_publication);
            let rung = step.rung().map(|rung| rung.as_str()).into();
            table.rows.push(vec![area.as_str().into(), step.name().into(), rung, times]);
        }
    }
    Ok(table)
}

impl Table {
    /// A count that nothing else in the table adds up to.
    fn counted(&mut self, count: u64, for_publication: bool) -> Value {
        if for_publication && suppress::is_small(count) {
            self.left_out += 1;
            return Value::None;
        }
        count.into()
    }
}
