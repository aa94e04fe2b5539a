//! Models that are rebuilt beside those that are asked.

use futures::future::{Either, select};
use history::History;
use seinhuis_eventstore::Position;
use seinhuis_projections::{
    Digest, Fault, Follower, Model, Rebuild, Rebuilt, TallyLine, Views, rebuild_into,
};

use crate::faults::poison;
use crate::history;
use crate::rebuilt::{long_history, turns};
use crate::scene::{Place, Scene, on_each_backend, signal};

on_each_backend! {
    rebuilt_at_any_position_in_any_pages_is_what_was_lived_through
    the_models_of_before_are_asked_until_the_new_ones_are_in_place
    a_rebuild_cut_off_anywhere_leaves_the_old_or_the_new_and_is_gone_on_with
    the_log_is_followed_into_the_models_that_are_asked_meanwhile
    of_two_rebuilds_of_the_same_models_one_goes_on
    a_rebuild_stops_before_an_event_nobody_understands_with_what_came_before_in_place
    what_was_made_beside_from_another_log_is_not_gone_on_with
}

behind_a_pooler! {
    rebuilt_at_any_position_in_any_pages_is_what_was_lived_through
    a_rebuild_cut_off_anywhere_leaves_the_old_or_the_new_and_is_gone_on_with
}

/// The models that have tables.
fn with_tables() -> Vec<Model> {
    Model::ALL.iter().copied().filter(|model| *model != Model::Relay).collect()
}

async fn digest_at(history: &History, name: &str, at: Option<Position>) -> Vec<Digest> {
    let path = history.scene.path(name);
    rebuild_into(&history.scene.log, &path, &with_tables(), at).await.unwrap()
}

async fn opened(scene: &Scene) -> Views {
    Views::open(&scene.url("live"), &with_tables()).await.unwrap()
}

/// INV-6. With memory for nothing, every page goes to the tables beside, and the next is folded over it.
async fn rebuilt_at_any_position_in_any_pages_is_what_was_lived_through(scene: Scene) {
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let history = long_history(scene).await;
    let views = opened(&history.scene).await;
    let mut at = Position::START;
    for n in 0..6 {
        let until = Position(random.u64(at.0 + 1..=history.scene.head().0));
        let (lanes, memory) = (1 + n % 2, [0, 20_000, usize::MAX][n % 3]);
        let page = random.usize(1..60);
        let rebuild = Rebuild::from(history.scene.log.clone()).with(&views, views.models()).until(until);
        let rebuilt = rebuild.with_lanes(lanes).with_memory(memory).with_page(page).run().await;
        let told = format!("seed {seed}: to {until} in pages of {page}, {lanes} lanes, {memory} bytes");
        let rebuilt = rebuilt.expect(&told);
        assert_eq!(rebuilt.len(), views.models().len());
        let lived = digest_at(&history, &format!("lived-{n}"), Some(until)).await;
        assert_eq!(views.digests().await.unwrap(), lived, "{told}");
        assert!(rebuilt.iter().all(|model| model.position == until), "{told}: {rebuilt:?}");
        at = Position(until.0.min(history.scene.head().0 - 1));
    }
    // And they are followed on from there as if nothing had been.
    Follower::new(history.scene.log.clone(), views.clone()).with_page(5).catch_up().await.unwrap();
    assert_eq!(views.digests().await.unwrap(), digest_at(&history, "whole", None).await);
}

/// The models as another version of the program left them.
async fn of_another_version(scene: &Scene) -> Vec<TallyLine> {
    let views = opened(scene).await;
    Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap();
    views.close().await;
    for change in ["UPDATE checkpoint SET version = 0", "UPDATE tally_line SET count = count + 1000"] {
        scene.around("live", change).await;
    }
    let seen = Views::look_in(&scene.url("live"), &with_tables()).await.unwrap();
    assert!(seen.are_made().await.unwrap());
    seen.tally().await.unwrap()
}

async fn the_models_of_before_are_asked_until_the_new_ones_are_in_place(scene: Scene) {
    let history = long_history(scene).await;
    let scene = &history.scene;
    let before = of_another_version(scene).await;
    let seen = Views::look_in(&scene.url("live"), &with_tables()).await.unwrap();
    assert_eq!(seen.position(), scene.head());
    let views = opened(scene).await;
    assert_eq!(views.position(), scene.head());
    let follower = async {
        let mut follower = Follower::new(scene.log.clone(), views.clone());
        follower.catch_up().await.unwrap()
    };
    let mut follower = Box::pin(follower);
    let (mut old, mut asked) = (0, Box::pin(seen.tally()));
    let reached = loop {
        match select(follower, asked).await {
            Either::Left((reached, _)) => break reached,
            Either::Right((tally, rest)) => {
                let tally = tally.unwrap();
                assert!(tally == before || tally.iter().all(|line| line.count < 1000), "{tally:?}");
                old += u32::from(tally == before);
                (follower, asked) = (rest, Box::pin(seen.tally()));
            }
        }
    };
    assert!(old > 0, "nobody asked while it was rebuilt");
    assert_eq!(reached, scene.head());
    assert_eq!(views.digests().await.unwrap(), digest_at(&history, "whole", None).await);
    assert!(left_beside(scene).await.is_empty());
}

/// Tables of a rebuild that are still there.
async fn left_beside(scene: &Scene) -> Vec<String> {
    let all = match &scene.place {
        Place::Files => "SELECT name FROM sqlite_schema WHERE type = 'table'",
        Place::Server(_) => "SELECT tablename FROM pg_tables WHERE schemaname = 'seinhuis_views'",
    };
    let tables = scene.around("live", all).await;
    tables.into_iter().filter(|name| name.ends_with(|last: char| last.is_ascii_digit())).collect()
}

async fn a_rebuild_cut_off_anywhere_leaves_the_old_or_the_new_and_is_gone_on_with(scene: Scene) {
    let history = long_history(scene).await;
    let scene = &history.scene;
    let whole = digest_at(&history, "whole", None).await;
    let before = of_another_version(scene).await;
    let mut cuts = 0_u32;
    loop {
        let views = opened(scene).await;
        let rebuild =
            Rebuild::from(scene.log.clone()).with(&views, views.models()).with_memory(0).with_page(9);
        let done = tokio::select! {
            biased;
            done = rebuild.run() => Some(done.unwrap()),
            () = turns(cuts * cuts * 11) => None,
        };
        let seen = Views::look_in(&scene.url("live"), &with_tables()).await.unwrap();
        let tally = seen.tally().await.unwrap();
        let is_new = views.digests().await.unwrap() == whole;
        assert!(is_new || tally == before, "after {cuts} cuts: {tally:?}");
        views.close().await;
        if done.is_some() {
            assert!(is_new);
            break;
        }
        cuts += 1;
    }
    assert!(cuts > 1, "it was never cut off");
    assert!(left_beside(scene).await.is_empty());
}

async fn the_log_is_followed_into_the_models_that_are_asked_meanwhile(scene: Scene) {
    let history = long_history(scene).await;
    let scene = &history.scene;
    let views = opened(scene).await;
    let follow = async {
        let mut follower = Follower::new(scene.log.clone(), views.clone()).with_page(2);
        let mut before = Position::START;
        while follower.catch_up_to(Position(before.0 + 6)).await.unwrap() < scene.head() {
            assert!(views.position() > before, "a swap took back what was there");
            before = views.position();
        }
    };
    let again = async {
        let rebuild = || {
            Rebuild::from(scene.log.clone()).with(&views, views.models()).with_page(11).until(Position(40))
        };
        for _ in 0..3 {
            rebuild().run().await.unwrap();
        }
    };
    tokio::join!(follow, again);
    assert_eq!(views.position(), scene.head());
    assert_eq!(views.digests().await.unwrap(), digest_at(&history, "whole", None).await);
}

async fn of_two_rebuilds_of_the_same_models_one_goes_on(scene: Scene) {
    let history = long_history(scene).await;
    let (one, other) = (opened(&history.scene).await, opened(&history.scene).await);
    let rebuild = |views: &Views| {
        Rebuild::from(history.scene.log.clone()).with(views, views.models()).with_memory(0).with_page(7).run()
    };
    let (first, second) = tokio::join!(rebuild(&one), rebuild(&other));
    let ended = |done: &Result<Vec<Rebuilt>, Fault>| matches!(done, Err(Fault::Superseded { .. }));
    assert!(first.is_ok() || second.is_ok(), "{first:?} {second:?}");
    assert!([first, second].iter().all(|done| done.is_ok() || ended(done)));
    assert_eq!(one.digests().await.unwrap(), digest_at(&history, "whole", None).await);
}

async fn a_rebuild_stops_before_an_event_nobody_understands_with_what_came_before_in_place(scene: Scene) {
    let case = scene.opened(&signal("wonion", "1", "housing.fin.hua")).await;
    let before = scene.head();
    let poisoned = poison(&scene).await;
    scene.opened(&signal("wonion", "2", "housing.fin.hua")).await;
    let views = Views::open(&scene.url("live"), &[Model::CaseFile, Model::Tally]).await.unwrap();
    for _ in 0..2 {
        let rebuild = Rebuild::from(scene.log.clone()).with(&views, views.models());
        let fault = rebuild.run().await.unwrap_err();
        assert!(matches!(fault, Fault::Poisoned { position, .. } if position == poisoned), "{fault:?}");
        assert_eq!(views.position(), before);
        assert!(views.case_head(case).await.unwrap().is_some());
    }
}

async fn what_was_made_beside_from_another_log_is_not_gone_on_with(scene: Scene) {
    let (history, another) = (long_history(scene).await, Scene::new().await);
    another.opened(&signal("wonion", "elsewhere", "housing.fin.hua")).await;
    let other = long_history(another).await;
    let views = opened(&history.scene).await;
    // A swap that never comes: what is beside stays there.
    let rebuild = Rebuild::from(history.scene.log.clone()).with(&views, views.models()).with_page(30);
    let mut progress = rebuild.with_memory(0);
    let seen = progress.progress();
    progress = progress.until(Position(60));
    let mut run = Box::pin(progress.run());
    // The second page is taken once the first is written.
    while seen.borrow().at <= Position(30) {
        assert!(futures::poll!(&mut run).is_pending());
        tokio::task::yield_now().await;
    }
    drop(run);
    let beside = views.standing(&history.scene.log).await.unwrap();
    assert!(beside.iter().all(|model| model.beside >= Some(Position(30))), "{beside:?}");
    let rebuild = Rebuild::from(other.scene.log.clone()).with(&views, views.models());
    rebuild.run().await.unwrap();
    let whole = digest_at(&other, "whole", None).await;
    assert_eq!(views.digests().await.unwrap(), whole);
}

/// The server ends the first connections that write down a swap.
#[tokio::test]
async fn a_connection_that_breaks_in_the_swap_costs_nothing() {
    const DEADLY: &str = "
        CREATE SEQUENCE swap;
        CREATE FUNCTION in_the_swap() RETURNS trigger LANGUAGE plpgsql SET search_path = seinhuis_views AS $$ BEGIN
          IF nextval('swap') < 4 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$;
        CREATE TRIGGER in_the_swap AFTER UPDATE ON checkpoint EXECUTE FUNCTION in_the_swap()";
    let history = long_history(Scene::at(&Place::database()).await).await;
    let scene = &history.scene;
    let before = of_another_version(scene).await;
    scene.around("live", DEADLY).await;
    let views = opened(scene).await;
    let mut run = Box::pin(Rebuild::from(scene.log.clone()).with(&views, views.models()).run());
    let mut asked = 0;
    let rebuilt = loop {
        match select(run, Box::pin(views.tally())).await {
            Either::Left((rebuilt, _)) => break rebuilt.unwrap(),
            Either::Right((tally, rest)) => {
                asked += u32::from(tally.unwrap() == before);
                run = rest;
            }
        }
    };
    assert!(asked > 0 && rebuilt.len() == with_tables().len());
    assert_eq!(scene.around("live", "SELECT last_value FROM swap").await, ["4"]);
    assert_eq!(views.digests().await.unwrap(), digest_at(&history, "whole", None).await);
}
