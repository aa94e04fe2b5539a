//! The stream that keeps the feed: made where it is missing, also after its data were lost, and held to its bounds.

use async_nats::jetstream::Context;
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};

use crate::fault::Fault;
use crate::settings::Settings;

/// Sees to it that the stream is there.
pub(super) async fn ensure(context: &Context, settings: &Settings) -> Result<(), Fault> {
    let wanted = config(settings);
    match context.get_stream(&wanted.name).await {
        Ok(stream) => match adjusted(&stream.cached_info().config, &wanted) {
            None => Ok(()),
            Some(changed) => {
                let changed = context.update_stream(changed).await;
                changed.map(drop).map_err(Fault::jetstream("change the feed's stream"))
            }
        },
        Err(error) if is_missing(&error.kind()) => {
            tracing::info!(stream = %wanted.name, "making the feed's stream");
            let made = context.create_stream(wanted).await;
            made.map(drop).map_err(Fault::jetstream("make the feed's stream"))
        }
        Err(error) => Err(Fault::jetstream("look for the feed's stream")(error)),
    }
}

pub(crate) fn is_missing(kind: &GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

fn config(settings: &Settings) -> Config {
    let feed = &settings.feed;
    Config {
        name: feed.stream.clone(),
        subjects: vec![format!("{}.feed.>", settings.prefix)],
        description: Some("Public feed of Seinhuis: CloudEvents, nothing personal".into()),
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        discard: DiscardPolicy::Old,
        max_age: feed.keep,
        max_bytes: i64::try_from(feed.bytes).unwrap_or(i64::MAX),
        duplicate_window: feed.duplicates,
        num_replicas: feed.replicas,
        ..Config::default()
    }
}

/// What a stream must become to be as it is wanted; `None` when it is. The rest of it is its operator's.
fn adjusted(now: &Config, wanted: &Config) -> Option<Config> {
    let changed = Config {
        subjects: wanted.subjects.clone(),
        max_age: wanted.max_age,
        max_bytes: wanted.max_bytes,
        duplicate_window: wanted.duplicate_window,
        num_replicas: wanted.num_replicas,
        ..now.clone()
    };
    (changed != *now).then_some(changed)
}

/// What of a stream isn't as `settings` have it.
pub(crate) fn set_otherwise(now: &Config, settings: &Settings) -> Vec<&'static str> {
    let wanted = config(settings);
    let differs = [
        ("subjects", now.subjects != wanted.subjects),
        ("how long it keeps", now.max_age != wanted.max_age),
        ("bytes", now.max_bytes != wanted.max_bytes),
        ("window for duplicates", now.duplicate_window != wanted.duplicate_window),
        ("replicas", now.num_replicas != wanted.num_replicas),
        ("storage", now.storage != wanted.storage),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect()
}

#[cfg(test)]
mod specs {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_stream_is_changed_where_it_differs_and_what_is_its_operators_stays() {
        let mut settings = Settings::at("nats://localhost");
        let now = Config { max_message_size: 1_000, ..config(&settings) };
        assert_eq!(adjusted(&now, &config(&settings)), None);
        assert!(set_otherwise(&now, &settings).is_empty());
        settings.feed.keep = Duration::from_hours(1);
        assert_eq!(set_otherwise(&now, &settings), ["how long it keeps"]);
        let changed = adjusted(&now, &config(&settings)).unwrap();
        assert_eq!((changed.max_age, changed.max_message_size), (Duration::from_hours(1), 1_000));
    }
}
