//! A place in a trace, as it is carried from one piece of work to the next: the `traceparent` of W3C Trace Context.
//!
//! Its companion `tracestate` is not carried: it may hold anything, and what is in the log can't be taken back.

use std::fmt;

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

/// The header and the metadata key under which it travels.
pub const TRACEPARENT: &str = "traceparent";

/// A trace and a span in it, in version 00.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace: TraceId,
    span: SpanId,
    flags: u8,
}

impl TraceContext {
    /// What `text` says, if it is well-formed to the letter: `00-<32 hex>-<16 hex>-<2 hex>`, neither id zero. It comes from
    /// outside, and anything else would let a caller write what he likes into the log.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut hex = |length: usize| {
            let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
            parts.next().filter(|part| part.len() == length && part.bytes().all(digit))
        };
        let ("00", trace, span, flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?) else { return None };
        let trace = TraceId::from_hex(trace).ok().filter(|id| *id != TraceId::INVALID)?;
        let span = SpanId::from_hex(span).ok().filter(|id| *id != SpanId::INVALID)?;
        let flags = u8::from_str_radix(flags, 16).ok()?;
        parts.next().is_none().then_some(Self { trace, span, flags })
    }

    /// What a header says, by the same rule.
    pub fn shown(value: Option<&[u8]>) -> Option<Self> {
        Self::parse(std::str::from_utf8(value?).ok()?)
    }

    /// The trace alone, in 32 hexadecimal digits.
    pub fn trace_id(&self) -> String {
        self.trace.to_string()
    }

    /// The span alone, in 16 hexadecimal digits.
    pub fn span_id(&self) -> String {
        self.span.to_string()
    }

    /// Whether what is done in it is kept.
    pub fn is_kept(&self) -> bool {
        TraceFlags::new(self.flags).is_sampled()
    }

    /// The same place, for those whose work is not kept.
    pub(super) fn not_kept(self) -> Self {
        Self { flags: TraceFlags::new(self.flags).with_sampled(false).to_u8(), ..self }
    }

    /// The place of a span; none outside of any.
    pub(super) fn of(span: &SpanContext) -> Option<Self> {
        let here =
            || Self { trace: span.trace_id(), span: span.span_id(), flags: span.trace_flags().to_u8() };
        span.is_valid().then(here)
    }

    /// As the span of another process.
    pub(super) fn remote(&self) -> SpanContext {
        SpanContext::new(self.trace, self.span, TraceFlags::new(self.flags), true, TraceState::NONE)
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{}-{:02x}", self.trace, self.span, self.flags)
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn what_is_well_formed_is_read_and_written_back_to_the_letter() {
        let context = TraceContext::parse(GOOD).unwrap();
        assert_eq!(context.to_string(), GOOD);
        assert_eq!(context.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(context.span_id(), "b7ad6b7169203331");
        assert_eq!(TraceContext::of(&context.remote()), Some(context));
    }

    #[test]
    fn the_last_bit_says_whether_it_is_kept_and_the_others_stay() {
        let both = TraceContext::parse(&GOOD.replace("-01", "-03")).unwrap();
        assert!(both.is_kept() && !both.not_kept().is_kept());
        assert_eq!(both.not_kept().to_string(), GOOD.replace("-01", "-02"));
    }

    #[test]
    fn anything_else_is_nothing() {
        let nought = |digits: &str| GOOD.replace(digits, &"0".repeat(digits.len()));
        let bad = [
            String::new(),
            "Jan de Vries, 999999990".into(),
            GOOD[..GOOD.len() - 3].into(),
            format!("{GOOD}-x"),
            GOOD.to_uppercase(),
            GOOD.replacen("00-", "ff-", 1),
            GOOD.replace('b', "é"),
            nought("0af7651916cd43dd8448eb211c80319c"),
            nought("b7ad6b7169203331"),
        ];
        for bad in bad {
            assert_eq!(TraceContext::parse(&bad), None, "{bad:?}");
        }
    }
}
