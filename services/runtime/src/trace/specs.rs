//! Steps as a receiver of spans sees them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use opentelemetry::trace::SpanKind;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::*;
use crate::entropy::Entropy;

const OUTSIDE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Keeps what it is given.
#[derive(Debug, Clone, Default)]
struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Kept {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

/// Traces at work in this process: each test is one.
struct Scene {
    provider: SdkTracerProvider,
    kept: Kept,
}

impl Scene {
    fn begin(share: f64) -> Self {
        let (kept, entropy) = (Kept::default(), Entropy::seeded(7));
        let from = Otlp { endpoint: String::new(), share, instance: "here:1".into(), roles: "all".into() };
        let provider = export::provided(kept.clone(), &from, entropy.clone());
        tracing_subscriber::registry().with(layer(&provider)).init();
        super::begin(share, &entropy);
        Self { provider, kept }
    }

    fn ended(self) -> Vec<SpanData> {
        self.provider.shutdown_with_timeout(Duration::from_secs(10)).unwrap();
        let mut spans = self.kept.0.lock().unwrap().clone();
        spans.sort_by_key(|span| span.start_time);
        spans
    }
}

fn outside() -> TraceContext {
    TraceContext::parse(OUTSIDE).unwrap()
}

fn unkept() -> TraceContext {
    TraceContext::parse(&OUTSIDE.replace("-01", "-00")).unwrap()
}

fn place(span: &SpanData) -> TraceContext {
    TraceContext::of(&span.span_context).unwrap()
}

#[tokio::test]
async fn a_call_that_is_kept_is_gone_on_with_and_its_parts_lie_in_it_across_awaits_and_tasks() {
    let scene = Scene::begin(0.0);
    let call = Step::called("service/Call", Some(outside()));
    call.word("rpc.system.name", "grpc");
    let part = async {
        tokio::task::yield_now().await;
        let step = Step::here("append", Kind::Client);
        step.number("seinhuis.position", 7);
        let inner = step.run(async { current() }).await;
        assert_eq!((inner, current()), (step.context(), call.context()));
    };
    call.run(part).await;
    assert_eq!(current(), None);
    drop(call);
    let spans = scene.ended();
    let [call, part] = spans.as_slice() else { panic!("{spans:?}") };
    assert_eq!((call.name.as_ref(), part.name.as_ref()), ("service/Call", "append"));
    assert_eq!((&call.span_kind, &part.span_kind), (&SpanKind::Server, &SpanKind::Client));
    assert_eq!(call.parent_span_id.to_string(), outside().span_id());
    assert_eq!(
        (place(call).trace_id(), place(part).trace_id()),
        (outside().trace_id(), outside().trace_id())
    );
    assert_eq!(part.parent_span_id, call.span_context.span_id());
    let said: Vec<_> = call.attributes.iter().chain(&part.attributes).map(|kv| kv.key.as_str()).collect();
    assert_eq!(said, ["rpc.system.name", "seinhuis.position"]);
}

#[tokio::test]
async fn what_is_not_kept_is_nothing_and_carries_on_what_came() {
    let scene = Scene::begin(0.0);
    let steps = [
        (Step::called("call", Some(unkept())), Some(unkept())),
        (Step::called("call", None), None),
        // Its stream is kept, and it isn't: what comes of it isn't either.
        (Step::one_of("signal", Kind::Internal, Some(outside())), Some(unkept())),
        (Step::here("part", Kind::Internal), None),
    ];
    for (step, carried) in steps {
        assert_eq!(step.context(), carried);
        assert_eq!(step.run(async { Step::here("part", Kind::Internal).context() }).await, None);
    }
    assert_eq!(scene.ended(), []);
}

#[tokio::test]
async fn a_message_of_a_stream_is_a_trace_of_its_own_that_links_to_it() {
    let scene = Scene::begin(1.0);
    drop(Step::one_of("signal", Kind::Internal, Some(outside())));
    let spans = scene.ended();
    assert_ne!(place(&spans[0]).trace_id(), outside().trace_id());
    assert_eq!(spans[0].links.links[0].span_context.span_id().to_string(), outside().span_id());
}

#[tokio::test]
async fn soon_after_its_cause_a_step_goes_on_in_its_trace_and_later_it_links_to_it() {
    let scene = Scene::begin(0.0);
    let at: Timestamp = "2026-03-10T10:00:00Z".parse().unwrap();
    let cause = Traced::of(Some(OUTSIDE), at).unwrap();
    let other = Traced::of(Some(&unkept().to_string()), at).unwrap();
    let later = |by: i64| at + SignedDuration::from_secs(by);
    let after = |causes: &[Traced], now| drop(Step::after("fire timer", Kind::Internal, causes, now));
    after(&[cause], later(60));
    after(&[cause], later(61));
    after(&[cause, cause, other], at);
    assert_eq!(Step::after("not kept", Kind::Internal, &[other], at).context(), Some(unkept()));
    assert_eq!(Step::after("of nothing", Kind::Internal, &[], at).context(), None);
    let spans = scene.ended();
    let told: Vec<_> = spans
        .iter()
        .map(|span| (place(span).trace_id() == outside().trace_id(), span.links.links.len()))
        .collect();
    assert_eq!(told, [(true, 0), (false, 1), (false, 2)]);
    assert!(spans[1].links.links.iter().all(|link| link.span_context == outside().remote()));
}

#[tokio::test]
async fn the_id_of_a_case_is_written_as_everywhere_and_what_is_no_area_is_left_out() {
    let scene = Scene::begin(1.0);
    let case = 0x5b6f_7f0e_41d7_5c5c_a3c4_7b8d_0a1e_2f03;
    Step::called("call", None).case(case).area("WK150900").area("Jansen").area(&"X".repeat(25));
    let spans = scene.ended();
    let said: Vec<_> = spans[0].attributes.iter().map(|kv| kv.value.to_string()).collect();
    assert_eq!(said, ["5b6f7f0e-41d7-5c5c-a3c4-7b8d0a1e2f03", "WK150900"]);
}

#[tokio::test]
async fn libraries_and_lines_are_not_sent() {
    let scene = Scene::begin(1.0);
    let call = Step::called("call", None);
    call.run(async {
        tracing::error_span!("of a library", secret = "Jansen").in_scope(|| tracing::error!("Jansen"));
    })
    .await;
    drop(call);
    let spans = scene.ended();
    assert_eq!(spans.len(), 1);
    assert!(spans[0].events.is_empty() && !format!("{spans:?}").contains("Jansen"));
}

#[test]
fn where_nothing_is_sent_what_came_from_outside_is_carried_on() {
    let at = Timestamp::UNIX_EPOCH;
    let cause = Traced::of(Some(OUTSIDE), at).unwrap();
    for step in [
        Step::called("call", Some(outside())),
        Step::one_of("signal", Kind::Internal, Some(outside())),
        Step::after("timer", Kind::Internal, &[cause], at),
    ] {
        assert_eq!(step.traceparent().as_deref(), Some(OUTSIDE));
    }
    assert_eq!(current(), None);
}
