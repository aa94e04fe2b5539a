//! Lines that say in which trace they were written: as they are otherwise, with the ids of trace and span behind.

use std::fmt;

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::registry::LookupSpan;

use super::Format;
use crate::trace::{self, TraceContext};

/// Writes lines by `inner`, and where they were written behind.
pub(super) struct Placed<F> {
    pub(super) inner: F,
    pub(super) format: Format,
}

impl<S, N, F> FormatEvent<S, N> for Placed<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(place) = trace::current() else { return self.inner.format_event(ctx, writer, event) };
        let mut line = String::new();
        self.inner.format_event(ctx, Writer::new(&mut line), event)?;
        writer.write_str(&placed(line.trim_end_matches('\n'), place, self.format))
    }
}

fn placed(line: &str, place: TraceContext, format: Format) -> String {
    let (trace, span) = (place.trace_id(), place.span_id());
    match (format, line.strip_suffix('}')) {
        (Format::Json, Some(open)) => format!("{open},\"trace_id\":\"{trace}\",\"span_id\":\"{span}\"}}\n"),
        _ => format!("{line} trace_id={trace} span_id={span}\n"),
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn the_ids_stand_behind_a_line_and_within_an_object() {
        let place = TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").unwrap();
        let ids = "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"span_id\":\"b7ad6b7169203331\"";
        assert_eq!(placed("{\"a\":1}", place, Format::Json), format!("{{\"a\":1,{ids}}}\n"));
        let ids = "trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331";
        assert_eq!(placed("WARN busy", place, Format::Pretty), format!("WARN busy {ids}\n"));
    }
}
