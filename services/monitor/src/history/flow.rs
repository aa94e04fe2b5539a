//! What happened between two positions, counted.

use std::collections::BTreeMap;

use seinhuis_contract::proto::common::v1 as words;
use seinhuis_contract::proto::history::v1::{
    ChannelCount, Flow, PartnerCount, RepeatCount, Step as Wire, StepCount, SubjectClass,
};
use seinhuis_contract::proto::monitor::v1::KindCount;
use seinhuis_domain::area::AreaCode;
use seinhuis_eventstore::Position;
use seinhuis_projections::{Class, Fault, Intake, Repeated, Span, Step, Views};

/// What happened in `areas` after one position and up to another; signals by `span`.
pub(super) async fn flow(
    views: &Views,
    areas: &[AreaCode],
    span: Span,
    (after, until): (Position, Position),
) -> Result<Flow, Fault> {
    let intake = views.intake(areas, span).await?;
    let (mut channels, mut partners, mut kinds) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for Intake { partner, kind, channel, signals } in &intake {
        *channels.entry(channel.as_deref().unwrap_or_default()).or_default() += signals;
        *partners.entry(partner.as_str()).or_default() += signals;
        *kinds.entry(kind.code()).or_default() += signals;
    }
    let channel = |(channel, count): (&str, u64)| ChannelCount { channel: channel.to_owned(), count };
    let partner = |(partner, count): (&str, u64)| PartnerCount { partner: partner.to_owned(), count };
    let kind = |(kind, count): (&str, u64)| KindCount { kind: kind.to_owned(), count };
    let steps = views.steps(areas, after, until).await?.into_iter().map(|counted| StepCount {
        step: step(counted.step).into(),
        rung: counted.step.rung().map(words::Rung::from).unwrap_or_default().into(),
        count: counted.times,
    });
    let repeats = views.repeated(areas, span).await?.into_iter();
    let repeat = |Repeated { class, subjects, signals }| RepeatCount {
        subject_class: subject_class(class).into(),
        subjects,
        signals,
    };
    Ok(Flow {
        signals: intake.iter().map(|alike| alike.signals).sum(),
        by_channel: channels.into_iter().map(channel).collect(),
        by_partner: partners.into_iter().map(partner).collect(),
        by_kind: kinds.into_iter().map(kind).collect(),
        steps: steps.collect(),
        repeats: repeats.map(repeat).collect(),
    })
}

/// The class, as the contract says it.
pub(super) fn subject_class(class: Class) -> SubjectClass {
    match class {
        Class::Person => SubjectClass::Person,
        Class::Household => SubjectClass::Household,
        Class::Place => SubjectClass::Place,
    }
}

fn step(step: Step) -> Wire {
    match step {
        Step::Opened => Wire::Opened,
        Step::Attached => Wire::Attached,
        Step::MadeIntegral => Wire::MadeIntegral,
        Step::Climbed(_) => Wire::Climbed,
        Step::Lowered(_) => Wire::Lowered,
        Step::HandedOver => Wire::HandedOver,
        Step::Refused => Wire::Refused,
        Step::Decided => Wire::Decided,
        Step::Resolved => Wire::Resolved,
        Step::Reopened => Wire::Reopened,
    }
}
