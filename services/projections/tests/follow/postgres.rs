//! What happens around a database while the log is followed into it.

use seinhuis_eventstore::Fence;
use seinhuis_projections::{Follower, Model, Views, rebuild_into};
use seinhuis_testkit::Postgres;

use crate::rebuilt::long_history;
use crate::scene::{Place, Scene, signal};

/// The server ends a connection that changes a checkpoint: every second one in the middle of its page, and now and then
/// one that commits.
const DEADLY: &str = "
CREATE SEQUENCE page;
CREATE SEQUENCE checkpoint_row;
CREATE FUNCTION in_the_middle() RETURNS trigger LANGUAGE plpgsql SET search_path = seinhuis_views AS $$ BEGIN
  IF nextval('page') % 2 = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$;
CREATE FUNCTION at_the_end() RETURNS trigger LANGUAGE plpgsql SET search_path = seinhuis_views AS $$ BEGIN
  IF nextval('checkpoint_row') % 17 = 0 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END $$;
CREATE TRIGGER in_the_middle AFTER UPDATE ON checkpoint EXECUTE FUNCTION in_the_middle();
CREATE CONSTRAINT TRIGGER at_the_end AFTER UPDATE ON checkpoint DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION at_the_end()";

#[tokio::test]
async fn a_connection_that_breaks_in_any_page_costs_nothing_and_doubles_nothing() {
    let history = long_history(Scene::at(&Place::database()).await).await;
    let scene = &history.scene;
    let views = Views::open(&scene.url("live"), Model::ALL).await.unwrap();
    scene.around("live", DEADLY).await;
    let mut follower = Follower::new(scene.log.clone(), views.clone()).with_page(7);
    let mut broken = 0;
    while let Err(fault) = follower.catch_up().await {
        assert!(fault.is_passing(), "{fault:?}");
        broken += 1;
    }
    assert!(broken as u64 > scene.head().0 / 7, "it broke {broken} times only");
    let rebuilt = rebuild_into(&scene.log, &scene.path("rebuilt"), Model::ALL, None).await.unwrap();
    assert_eq!(views.digests().await.unwrap(), rebuilt);
}

/// Changes of read models aren't waited for on disk. This server writes them there so late that some are lost for sure.
#[tokio::test]
async fn after_a_crash_of_the_server_what_it_lost_is_taken_in_again() {
    let mut server = Postgres::start_private(&["wal_writer_delay=10s"]).unwrap();
    let url = server.database().unwrap();
    let history = long_history(Scene::new().await).await;
    let scene = &history.scene;
    let views = Views::open(&url, Model::ALL).await.unwrap();
    server.psql("postgres", "CHECKPOINT").unwrap();
    let mut follower = Follower::new(scene.log.clone(), views.clone()).with_page(10);
    assert_eq!(follower.catch_up().await.unwrap(), scene.head());
    views.tally().await.unwrap();
    server.kill().unwrap();
    server.restart().unwrap();
    // Connections that lay idle lead nowhere now, and nobody who asks notices.
    views.tally().await.unwrap();
    let left = Views::open(&url, Model::ALL).await.unwrap().position();
    assert!(left < scene.head(), "nothing was lost, so this proves nothing");
    scene.opened(&signal("wonion", "after", "housing.fin.hua")).await;
    assert_eq!(follower.catch_up().await.unwrap(), scene.head());
    let rebuilt = rebuild_into(&scene.log, &scene.path("rebuilt"), Model::ALL, None).await.unwrap();
    assert_eq!(views.digests().await.unwrap(), rebuilt);
}

/// The commit itself tells: a trigger that fires when the transaction ends sees the setting it ends with.
#[tokio::test]
async fn a_raised_epoch_is_waited_for_on_disk_and_a_page_is_not() {
    let scene = Scene::at(&Place::database()).await;
    let views = Views::open(&scene.url("live"), Model::ASKED).await.unwrap();
    scene
        .around(
            "live",
            "CREATE TABLE seen (what text, setting text);
             CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql SET search_path = seinhuis_views AS $$ BEGIN
             INSERT INTO seen VALUES (TG_TABLE_NAME, current_setting('synchronous_commit')); RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER look AFTER INSERT ON fence DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION look();
             CREATE CONSTRAINT TRIGGER look AFTER UPDATE ON checkpoint DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION look()",
        )
        .await;
    let holder = views.under(Some(Fence { name: "projections".into(), epoch: 1 }));
    holder.raise().await.unwrap();
    Follower::new(scene.log.clone(), holder).catch_up().await.unwrap();
    let seen = scene.around("live", "SELECT DISTINCT what, setting FROM seen ORDER BY what").await;
    assert_eq!(seen, ["checkpoint|off", "fence|on"]);
}

#[tokio::test]
async fn many_that_open_an_empty_database_at_once_make_one_place() {
    let scene = Scene::at(&Place::database()).await;
    let url = scene.url("views");
    let openers: Vec<_> = (0..8)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Views::open(&url, Model::ALL).await.unwrap().close().await })
        })
        .collect();
    for opener in openers {
        opener.await.unwrap();
    }
    let views = Views::open(&url, Model::ALL).await.unwrap();
    assert_eq!(Follower::new(scene.log.clone(), views).catch_up().await.unwrap(), scene.head());
}

#[tokio::test]
async fn groups_share_a_database_and_follow_apart() {
    let history = long_history(Scene::at(&Place::database()).await).await;
    let scene = &history.scene;
    let url = scene.url("live");
    let alone = Model::ALL.iter().filter(|model| !Model::ASKED.contains(model)).map(std::slice::from_ref);
    let follow = |models: &'static [Model]| {
        let (url, log) = (url.clone(), scene.log.clone());
        tokio::spawn(async move {
            let views = Views::open(&url, models).await.unwrap();
            Follower::new(log, views.clone()).with_page(9).catch_up().await.unwrap();
            views.digests().await.unwrap()
        })
    };
    let mut live = Vec::new();
    let groups: Vec<_> = std::iter::once(Model::ASKED).chain(alone).map(follow).collect();
    for group in groups {
        live.extend(group.await.unwrap());
    }
    live.sort_unstable_by_key(|digest| digest.model);
    let rebuilt = rebuild_into(&scene.log, &scene.path("rebuilt"), Model::ALL, None).await.unwrap();
    assert_eq!(live, rebuilt);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_a_passing_fault_without_its_password() {
    let port = seinhuis_testkit::free_port().unwrap();
    let nobody =
        Views::open(&format!("postgres://hub:secret@127.0.0.1:{port}/none"), Model::ALL).await.unwrap_err();
    assert!(nobody.is_passing(), "{nobody:?}");
    let unread = Views::open("postgres://hub:secret@127.0.0.1:no-port/none", Model::ALL).await.unwrap_err();
    assert!(
        !unread.is_passing() && !format!("{nobody:?} {unread} {unread:?}").contains("secret"),
        "{unread:?}"
    );
}
