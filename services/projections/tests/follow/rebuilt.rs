//! A read model is a function of the log (INV-6).

use history::{History, Step, histories};
use proptest::test_runner::{Config, TestRunner};
use seinhuis_domain::case::CaseState;
use seinhuis_domain::ids::SubjectId;
use seinhuis_projections::{Digest, Follower, Model, Views, compare, rebuild_into};

use crate::history;
use crate::scene::{Place, Scene, on_each_backend};

on_each_backend! {
    followed_by_two_at_once_is_followed_once
    a_follower_cut_off_anywhere_goes_on_where_it_was
    a_model_of_another_version_is_built_anew_beside_those_that_stay
    models_fed_by_another_log_begin_again
    a_comparison_finds_one_changed_row_and_otherwise_nothing
    after_an_erasure_live_and_rebuilt_both_know_nothing_of_the_subject
}

behind_a_pooler! {
    followed_by_two_at_once_is_followed_once
    a_follower_cut_off_anywhere_goes_on_where_it_was
    a_model_of_another_version_is_built_anew_beside_those_that_stay
    a_comparison_finds_one_changed_row_and_otherwise_nothing
    after_an_erasure_live_and_rebuilt_both_know_nothing_of_the_subject
}

/// Runs `test` on random histories, on each backend. A failure tells the smallest history that fails.
fn on_histories(test: impl AsyncFn(History, Vec<Step>)) {
    let waits = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (place, cases) in [(Place::Files, 24), (Place::database(), 6)] {
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let run = |steps| {
            waits.block_on(async { test(History::new(Scene::at(&place).await), steps).await });
            Ok(())
        };
        TestRunner::new(config).run(&histories(70), run).unwrap();
    }
}

/// What the models are, without how far.
fn contents(digests: &[Digest]) -> Vec<(Model, u64, String)> {
    digests.iter().map(|digest| (digest.model, digest.rows, digest.hex())).collect()
}

/// A history followed as it happens, in pages of changing size, with the file now and then closed and opened again.
async fn lived_through(history: &mut History, steps: &[Step]) -> Views {
    let mut views = Views::open(&history.scene.url("live"), Model::ALL).await.unwrap();
    for (n, step) in steps.iter().enumerate() {
        history.play(*step).await;
        if step.2 == 0 {
            let page = [1, 2, 1_000][n % 3];
            Follower::new(history.scene.log.clone(), views.clone()).with_page(page).catch_up().await.unwrap();
        }
        if step.1 == 0 {
            views.close().await;
            views = Views::open(&history.scene.url("live"), Model::ALL).await.unwrap();
        }
    }
    Follower::new(history.scene.log.clone(), views.clone()).catch_up().await.unwrap();
    views
}

/// INV-6. The rebuild is in a file, whatever the live models are in.
#[test]
fn rebuilt_in_pages_of_any_size_is_what_was_lived_through() {
    on_histories(async |mut history, steps| {
        let views = lived_through(&mut history, &steps).await;
        let live = views.digests().await.unwrap();
        for digest in &live {
            assert_eq!(digest.position, history.scene.head());
        }
        let log = &history.scene.log;
        let rebuilt = rebuild_into(log, &history.scene.path("rebuilt"), Model::ALL, None).await.unwrap();
        assert_eq!(live, rebuilt);
        for page in [1, 7, 1_000] {
            let again = Views::open(&history.scene.url(&format!("pages-{page}")), Model::ALL).await.unwrap();
            Follower::new(log.clone(), again.clone()).with_page(page).catch_up().await.unwrap();
            assert_eq!(live, again.digests().await.unwrap(), "pages of {page}");
        }
    });
}

#[test]
fn every_case_stands_as_its_own_rules_say() {
    on_histories(async |mut history, steps| {
        let views = lived_through(&mut history, &steps).await;
        let timers = views.due(jiff::Timestamp::MAX, 1_000).await.unwrap();
        for case in &history.cases {
            let CaseState { rung, lead, picked_up, planned, since, signals, .. } =
                history.scene.state(*case).await;
            let head = views.case_head(*case).await.unwrap().unwrap();
            let seen = (head.rung, head.lead, head.picked_up, head.since, head.signals as usize);
            assert_eq!(seen, (rung, lead, picked_up, since, signals.len()));
            assert_eq!(head.planned, planned);
            let timer = timers.iter().find(|timer| timer.case == *case).map(|timer| timer.step.clone());
            assert_eq!(timer, planned);
        }
    });
}

const A_LONG_ONE: [Step; 12] = [
    (0, 2, 3),
    (1, 2, 4),
    (5, 0, 1),
    (9, 0, 0),
    (18, 0, 0),
    (2, 3, 4),
    (5, 0, 0),
    (10, 2, 0),
    (15, 1, 0),
    (11, 0, 1),
    (19, 0, 3),
    (0, 2, 2),
];

pub(crate) async fn long_history(scene: Scene) -> History {
    let mut history = History::new(scene);
    for _ in 0..6 {
        for step in A_LONG_ONE {
            history.play(step).await;
        }
    }
    history
}

/// INV-6.
async fn followed_by_two_at_once_is_followed_once(scene: Scene) {
    let history = long_history(scene).await;
    let (scene, url) = (&history.scene, history.scene.url("live"));
    let one = Views::open(&url, Model::ALL).await.unwrap();
    let other = Views::open(&url, Model::ALL).await.unwrap();
    let follow = |views: &Views| Follower::new(scene.log.clone(), views.clone()).with_page(3);
    let (mut first, mut second) = (follow(&one), follow(&other));
    let (a, b) = tokio::join!(first.catch_up(), second.catch_up());
    assert_eq!((a.unwrap(), b.unwrap()), (scene.head(), scene.head()));
    let rebuilt = rebuild_into(&scene.log, &scene.path("rebuilt"), Model::ALL, None).await.unwrap();
    assert_eq!(one.digests().await.unwrap(), rebuilt);
}

async fn a_follower_cut_off_anywhere_goes_on_where_it_was(scene: Scene) {
    let history = long_history(scene).await;
    let (scene, mut cuts) = (&history.scene, 0_u32);
    loop {
        let views = Views::open(&scene.url("live"), Model::ALL).await.unwrap();
        let mut follower = Follower::new(scene.log.clone(), views.clone()).with_page(5);
        // Later and later, so that it comes to an end and is cut off at many different points before that.
        let done = tokio::select! {
            biased;
            done = follower.catch_up() => Some(done.unwrap()),
            () = turns(cuts * cuts * 7) => None,
        };
        drop(follower);
        views.close().await;
        if let Some(position) = done {
            assert_eq!(position, scene.head());
            break;
        }
        cuts += 1;
    }
    assert!(cuts > 1, "it was never cut off");
    let views = Views::open(&scene.url("live"), Model::ALL).await.unwrap();
    let rebuilt = rebuild_into(&scene.log, &scene.path("rebuilt"), Model::ALL, None).await.unwrap();
    assert_eq!(views.digests().await.unwrap(), rebuilt);
}

/// Gives way to other tasks so many times.
pub(crate) async fn turns(times: u32) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

async fn a_model_of_another_version_is_built_anew_beside_those_that_stay(scene: Scene) {
    let history = long_history(scene).await;
    let (scene, url) = (&history.scene, history.scene.url("live"));
    let views = Views::open(&url, Model::ALL).await.unwrap();
    Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap();
    let before = views.digests().await.unwrap();
    views.close().await;
    for change in ["UPDATE checkpoint SET version = 0 WHERE model = 'tally'", "DELETE FROM tally_line"] {
        scene.around("live", change).await;
    }
    let views = Views::open(&url, Model::ALL).await.unwrap();
    assert_eq!(views.position(), scene.head());
    let others =
        |digests: &[Digest]| digests.iter().filter(|d| d.model != Model::Tally).copied().collect::<Vec<_>>();
    assert_eq!(others(&views.digests().await.unwrap()), others(&before));
    Follower::new(scene.log.clone(), views.clone()).with_page(4).catch_up().await.unwrap();
    assert_eq!(views.digests().await.unwrap(), before);
}

async fn models_fed_by_another_log_begin_again(scene: Scene) {
    let (history, other) = (long_history(scene).await, long_history(Scene::new().await).await);
    let views = Views::open(&history.scene.url("live"), Model::ALL).await.unwrap();
    Follower::new(history.scene.log.clone(), views.clone()).catch_up().await.unwrap();
    let mut shorter = History::new(Scene::new().await);
    for step in &A_LONG_ONE[..3] {
        shorter.play((step.0, step.1 + 1, step.2)).await;
    }
    for (n, scene) in [&shorter.scene, &other.scene].into_iter().enumerate() {
        Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap();
        let rebuilt =
            rebuild_into(&scene.log, &scene.path(&format!("rebuilt-{n}")), Model::ALL, None).await.unwrap();
        assert_eq!(views.digests().await.unwrap(), rebuilt);
    }
}

async fn a_comparison_finds_one_changed_row_and_otherwise_nothing(scene: Scene) {
    let mut history = long_history(scene).await;
    let log = history.scene.log.clone();
    let views = Views::open(&history.scene.url("live"), Model::ASKED).await.unwrap();
    Follower::new(log.clone(), views.clone()).catch_up().await.unwrap();
    // The log goes on; a comparison is about where the models are.
    history.play(A_LONG_ONE[0]).await;
    let scratch = |name: &str| {
        let folder = history.scene.folder.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        folder
    };
    let found = compare(&log, &views, &scratch("sound")).await.unwrap();
    assert_eq!(found.len(), Model::ASKED.len());
    assert!(found.iter().all(|comparison| comparison.is_equal()), "{found:?}");
    let spoil = "UPDATE board_case SET lead = 'nobody' WHERE number = (SELECT min(number) FROM board_case)";
    history.scene.around("live", spoil).await;
    let found = compare(&log, &views, &scratch("spoilt")).await.unwrap();
    let unlike: Vec<Model> = found.iter().filter(|c| !c.is_equal()).map(|c| c.live.model).collect();
    assert_eq!(unlike, [Model::Board]);
}

async fn after_an_erasure_live_and_rebuilt_both_know_nothing_of_the_subject(scene: Scene) {
    let mut history = long_history(scene).await;
    let views = Views::open(&history.scene.url("live"), &[Model::Matching]).await.unwrap();
    Follower::new(history.scene.log.clone(), views.clone()).catch_up().await.unwrap();
    let before = contents(&views.digests().await.unwrap());
    let hex = |column| history.scene.hex(column);
    let all = format!("SELECT DISTINCT {} FROM matching_key", hex("key"));
    let left = format!(
        "SELECT CAST((SELECT count(*) FROM matching_key WHERE {} = '$') + (SELECT count(*) FROM matching_pending \
         WHERE {} = '$' OR {} = '$' OR subjects LIKE '%$%') AS TEXT)",
        hex("key"),
        hex("household"),
        hex("place")
    );
    let keys = history.scene.around("live", &all).await;
    assert!(!keys.is_empty());
    for key in &keys {
        history.scene.erase(key.parse().unwrap()).await;
    }
    // One that waits, and one under way that still names an erased subject.
    for step in [(0, 3, 4), (0, 4, 3), (5, 0, 0)] {
        history.play(step).await;
    }
    Follower::new(history.scene.log.clone(), views.clone()).with_page(2).catch_up().await.unwrap();
    for key in &keys {
        // As its digits alone, and as people write it.
        let written = key.parse::<SubjectId>().unwrap().to_string();
        for digits in [key.clone(), written] {
            assert_eq!(history.scene.around("live", &left.replace('$', &digits)).await, ["0"]);
        }
    }
    let path = history.scene.path("rebuilt");
    let rebuilt = rebuild_into(&history.scene.log, &path, &[Model::Matching], None).await.unwrap();
    let live = views.digests().await.unwrap();
    assert_eq!(live, rebuilt);
    assert_ne!(contents(&live), before);
}
