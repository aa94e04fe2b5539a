//! Commands: decided on what is stored, repeated when somebody was first, refused by the rules only.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use cqrs_es::{AggregateError, CqrsFramework, EventStore};
use seinhuis_eventstore::{
    ACTOR, Append, Asked, Chain, Committed, ExecuteError, Fault, Known, Log, NewEvent, Outcome, Position,
    RECORDED_AT, Recorded, StreamId,
};

use super::Ledger;
use crate::lamp::{Command, Event, Lamp, Meddler, OtherColour, batch, context, light, lit};

fn meddler(log: &Log, times: u32) -> Meddler {
    let log = Some((log.clone(), StreamId::new("lamp", "1")));
    Meddler { log, times: AtomicU32::new(times), asked: AtomicU32::new(0) }
}

pub(crate) async fn a_command_says_where_its_last_event_stands(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let calm = Meddler::default();
    let recorded_at = context().at;
    log.append(batch("lamp-9", 0, 4)).await.unwrap();
    let lit = log.execute::<Lamp>(&calm, "1", light("groen"), &context()).await.unwrap();
    assert_eq!(lit, Committed { position: Position(5), version: 1, recorded_at, fresh: true });
    let dimmed = log.execute::<Lamp>(&calm, "1", Command::Dim, &context()).await.unwrap();
    assert_eq!(dimmed, Committed { position: Position(6), version: 2, recorded_at, fresh: true });
}

/// INV-3
pub(crate) async fn a_command_repeated_tells_what_it_did_and_adds_nothing(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let calm = Meddler::default();
    let first = log.execute_new::<Lamp>(&calm, "1", light("groen"), &context()).await.unwrap();
    log.append(batch("lamp-9", 0, 1)).await.unwrap();
    let mut later = context();
    later.at += jiff::SignedDuration::from_hours(1);
    for again in [
        log.execute_new::<Lamp>(&calm, "1", light("groen"), &later).await.unwrap(),
        log.execute::<Lamp>(&calm, "1", light("groen"), &later).await.unwrap(),
    ] {
        assert_eq!(again, Committed { fresh: false, ..first });
    }
    assert_eq!(log.head(), Position(2));
}

/// INV-3
pub(crate) async fn a_command_that_contradicts_what_is_stored_is_refused(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let calm = Meddler::default();
    log.execute_new::<Lamp>(&calm, "1", light("groen"), &context()).await.unwrap();
    for refused in [
        log.execute_new::<Lamp>(&calm, "1", light("rood"), &context()).await,
        log.execute::<Lamp>(&calm, "1", light("rood"), &context()).await,
    ] {
        assert!(matches!(refused, Err(ExecuteError::Refused(OtherColour))), "{refused:?}");
    }
    assert_eq!(log.head(), Position(1));
}

pub(crate) async fn callers_at_the_same_moment_light_a_lamp_once(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let callers: Vec<_> = (0..16)
        .map(|_| {
            let log = log.clone();
            tokio::spawn(async move {
                log.execute_new::<Lamp>(&Meddler::default(), "1", light("groen"), &context()).await
            })
        })
        .collect();
    let mut fresh = 0;
    for caller in callers {
        let told = caller.await.unwrap().unwrap();
        assert_eq!((told.position, told.version), (Position(1), 1));
        fresh += u32::from(told.fresh);
    }
    assert_eq!((fresh, log.head()), (1, Position(1)));
}

pub(crate) async fn a_command_that_came_second_is_decided_again_on_the_new_state(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let meddler = meddler(&log, 3);
    let done = log.execute::<Lamp>(&meddler, "1", Command::Dim, &context()).await.unwrap();
    assert_eq!((done.position, done.version), (Position(4), 4));
    assert_eq!(meddler.asked.load(Ordering::SeqCst), 4);
    let stored = log.read_stream(&StreamId::new("lamp", "1")).await.unwrap();
    assert_eq!(stored[3].decode::<Event>().unwrap(), Event::Dimmed { by: 4 });
}

pub(crate) async fn a_command_that_always_comes_second_gives_way(ledger: &impl Ledger) {
    let log = ledger.open().await;
    for new in [false, true] {
        let meddler = meddler(&log, u32::MAX);
        let gave_way = if new {
            log.execute_new::<Lamp>(&meddler, "1", Command::Dim, &context()).await
        } else {
            log.execute::<Lamp>(&meddler, "1", Command::Dim, &context()).await
        };
        assert!(matches!(gave_way, Err(ExecuteError::Conflict { attempts: 8 })), "{gave_way:?}");
        assert_eq!(meddler.asked.load(Ordering::SeqCst), 8);
    }
}

pub(crate) async fn of_many_chains_at_once_each_stands_for_itself(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let calm = Meddler::default();
    for (lamp, colour) in [("burns", "rood"), ("same", "groen")] {
        log.execute_new::<Lamp>(&calm, lamp, light(colour), &context()).await.unwrap();
    }
    let chain = |id: &str, opens, commands: Vec<Command>| {
        let commands = commands.into_iter().map(Into::into).collect();
        Chain { id: id.into(), opens, commands }
    };
    let chains = [
        chain("new", true, vec![light("groen"), Command::Dim]),
        chain("burns", true, vec![light("groen"), Command::Dim]),
        chain("same", false, vec![light("groen")]),
        chain("half", false, vec![Command::Dim, light("groen"), light("rood"), Command::Dim]),
        chain("burns-not", true, vec![light("groen"), light("rood")]),
    ];
    let outcomes = log.execute_all::<Lamp>(&calm, &chains, &context(), &mut Known::new(9)).await;
    let seen: Vec<_> = outcomes
        .iter()
        .map(|outcome| (outcome.done, matches!(outcome.stopped, Some(ExecuteError::Refused(OtherColour)))))
        .collect();
    assert_eq!(seen, [(2, false), (0, true), (1, false), (2, true), (1, true)]);
    assert!(outcomes[0].stopped.is_none() && outcomes[2].stopped.is_none());
    let mut stored = Vec::new();
    for lamp in ["new", "burns", "same", "half", "burns-not"] {
        stored.push(log.read_stream(&StreamId::new("lamp", lamp)).await.unwrap().len());
    }
    assert_eq!((stored, log.head()), (vec![2, 1, 1, 2, 1], Position(7)));
}

pub(crate) async fn each_command_of_a_chain_is_stored_with_its_own_trace_or_that_of_the_context(
    ledger: &impl Ledger,
) {
    let log = ledger.open().await;
    let own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    let traced = Asked { command: Command::Dim, trace: Some(own.into()) };
    let chains = [Chain { id: "1".into(), opens: true, commands: vec![traced, Command::Dim.into()] }];
    log.execute_all::<Lamp>(&Meddler::default(), &chains, &context(), &mut Known::new(9)).await;
    let stored = log.read_stream(&StreamId::new("lamp", "1")).await.unwrap();
    let traces: Vec<_> = stored.into_iter().map(|event| event.trace).collect();
    assert_eq!(traces, [Some(own.to_owned()), context().trace]);
}

pub(crate) async fn a_chain_that_came_second_is_decided_again_and_holds_up_no_other(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let meddler = meddler(&log, 1);
    let chains =
        ["1", "2"].map(|id| Chain { id: id.into(), opens: true, commands: vec![Command::Dim.into(); 2] });
    let outcomes = log.execute_all::<Lamp>(&meddler, &chains, &context(), &mut Known::new(9)).await;
    assert!(outcomes.iter().all(|outcome| outcome.done == 2 && outcome.stopped.is_none()), "{outcomes:?}");
    let last = |lamp: Vec<Recorded>| lamp.last().map(|last| last.decode::<Event>().unwrap());
    let (one, other) = (StreamId::new("lamp", "1"), StreamId::new("lamp", "2"));
    let stored = [log.read_stream(&one).await.unwrap(), log.read_stream(&other).await.unwrap()];
    assert_eq!(stored.clone().map(|lamp| lamp.len()), [3, 2]);
    assert_eq!(stored.map(last), [Some(Event::Dimmed { by: 3 }), Some(Event::Dimmed { by: 2 })]);
    let always = self::meddler(&log, u32::MAX);
    let outcomes = log.execute_all::<Lamp>(&always, &chains[..1], &context(), &mut Known::new(9)).await;
    assert!(
        matches!(outcomes[..], [Outcome { done: 0, stopped: Some(ExecuteError::Conflict { attempts: 8 }) }]),
        "{outcomes:?}"
    );
}

pub(crate) async fn what_is_known_of_an_aggregate_is_believed_only_as_far_as_its_version_goes(
    ledger: &impl Ledger,
) {
    let log = ledger.open().await;
    let (calm, mut known) = (Meddler::default(), Known::new(9));
    let mut done = async |command: Command| {
        let chains = [Chain { id: "1".into(), opens: false, commands: vec![command.into()] }];
        log.execute_all::<Lamp>(&calm, &chains, &context(), &mut known).await.remove(0)
    };
    assert_eq!(done(Command::Dim).await.done, 1);
    // Behind its back: it isn't lit for all it knows, and would light it in another colour.
    log.execute::<Lamp>(&Meddler::default(), "1", light("groen"), &context()).await.unwrap();
    let refused = done(light("rood")).await;
    assert!(matches!(refused.stopped, Some(ExecuteError::Refused(OtherColour))), "{refused:?}");
    assert_eq!(done(Command::Dim).await.done, 1);
    assert_eq!(done(Command::Dim).await.done, 1);
    let stored = log.read_stream(&StreamId::new("lamp", "1")).await.unwrap();
    let told: Vec<Event> = stored.iter().map(|event| event.decode().unwrap()).collect();
    let dimmed = |by| Event::Dimmed { by };
    assert_eq!(told, [dimmed(1), lit("groen"), dimmed(2), dimmed(3)]);
}

pub(crate) async fn more_chains_than_fit_in_one_piece_are_all_stored(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let chain = |id: u32| Chain { id: id.to_string(), opens: true, commands: vec![Command::Dim.into(); 3] };
    let chains: Vec<_> = (0..700).map(chain).collect();
    let outcomes =
        log.execute_all::<Lamp>(&Meddler::default(), &chains, &context(), &mut Known::new(9)).await;
    assert!(outcomes.iter().all(|outcome| outcome.done == 3 && outcome.stopped.is_none()));
    assert_eq!(log.head(), Position(2_100));
}

pub(crate) async fn a_stream_with_an_unknown_event_is_a_fault_that_names_it(ledger: &impl Ledger) {
    let log = ledger.open().await;
    log.append(batch("lamp-9", 0, 2)).await.unwrap();
    let mut strange = batch("lamp-1", 0, 1);
    strange.events[0].name = "lamp.melted".into();
    log.append(strange).await.unwrap();
    let fault = log.execute::<Lamp>(&Meddler::default(), "1", Command::Dim, &context()).await.unwrap_err();
    let ExecuteError::Fault(Fault::UnknownEvent { position, name, schema }) = fault else {
        panic!("{fault:?}")
    };
    assert_eq!((position, name.as_str(), schema), (Position(3), "lamp.melted", 1));
    let chain = |id: &str| Chain { id: id.into(), opens: false, commands: vec![Command::Dim.into()] };
    let chains = [chain("1"), chain("2"), chain("9")];
    let outcomes =
        log.execute_all::<Lamp>(&Meddler::default(), &chains, &context(), &mut Known::new(9)).await;
    assert!(matches!(outcomes[0].stopped, Some(ExecuteError::Fault(_))), "{outcomes:?}");
    assert_eq!(outcomes.iter().map(|outcome| outcome.done).collect::<Vec<_>>(), [0, 1, 1]);
}

pub(crate) async fn the_frameworks_own_types_work_over_the_log(ledger: &impl Ledger) {
    let log = ledger.open().await;
    let metadata = HashMap::from([(ACTOR, "test"), (RECORDED_AT, "2026-04-02T10:00:00Z")]);
    let metadata: HashMap<_, _> = metadata.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let framework = CqrsFramework::<Lamp, _>::new(log.clone(), vec![], Meddler::default());
    framework.execute_with_metadata("1", light("groen"), metadata.clone()).await.unwrap();
    framework.execute_with_metadata("1", Command::Dim, metadata.clone()).await.unwrap();
    let refused = framework.execute_with_metadata("1", light("rood"), metadata.clone()).await;
    assert!(matches!(refused, Err(AggregateError::UserError(OtherColour))), "{refused:?}");

    let events = EventStore::<Lamp>::load_events(&log, "1").await.unwrap();
    assert_eq!((events[0].payload.clone(), events[0].sequence), (lit("groen"), 1));
    assert_eq!(events[1].metadata, metadata);

    let mut stale = EventStore::<Lamp>::load_aggregate(&log, "1").await.unwrap();
    assert_eq!((stale.version(), stale.position()), (2, Position(2)));
    assert_eq!(cqrs_es::AggregateContext::<Lamp>::aggregate(&mut stale).dimmed, 1);
    let stream = StreamId::new("lamp", "1");
    let new = NewEvent::of(&Event::Dimmed { by: 2 }, &context()).unwrap();
    log.append(Append { stream, expected_version: 2, events: vec![new] }).await.unwrap();
    let late = EventStore::<Lamp>::commit(&log, vec![Event::Dimmed { by: 2 }], stale, metadata).await;
    assert!(matches!(late, Err(AggregateError::AggregateConflict)), "{late:?}");

    let timeless = framework.execute("1", Command::Dim).await.unwrap_err();
    assert!(timeless.to_string().contains("recorded_at"), "{timeless}");
}
