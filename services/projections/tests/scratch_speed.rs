#![allow(unused, clippy::all)]
#[path = "follow/scene.rs"]
mod scene;
use scene::*;
use seinhuis_domain::case::*;
use seinhuis_domain::ids::*;
use seinhuis_domain::signal::*;
use seinhuis_eventstore::*;
use seinhuis_projections::*;
#[tokio::test(flavor = "multi_thread")]
async fn speed() {
    let scene = Scene::new().await;
    let n = 20_000u128;
    for chunk in (0..n).collect::<Vec<_>>().chunks(500) {
        let mut jobs = vec![];
        for i in chunk {
            let mut f = signal("wonion", &i.to_string(), "housing.fin.hua");
            f.subjects = vec![pseudonym(*i)];
            f.household = Some(pseudonym(1_000_000 + i));
            f.place = Some(pseudonym(2_000_000 + i));
            let scene = &scene;
            jobs.push(async move {
                scene.opened(&f).await;
            });
        }
        futures::future::join_all(jobs).await;
    }
    println!("log of {} events", scene.head());
    for models in [
        Model::ALL,
        Model::ASKED,
        &[Model::Board],
        &[Model::CaseFile],
        &[Model::OwnSignals],
        &[Model::Matching],
        &[Model::Timers],
        &[Model::Notices],
        &[Model::Tally],
    ] {
        for page in [1000] {
            let t = std::time::Instant::now();
            let p = scene.path(&format!("s{}{}", models.len(), models[0].name()));
            rebuild_into(&scene.log, &p, models, None).await.unwrap();
            let s = t.elapsed().as_secs_f64();
            println!("{:?} {:.2}s {:.0} ev/s", models, s, scene.head().0 as f64 / s);
        }
    }
    let views = Views::open(&format!("sqlite:{}", scene.path("s1matching").display()), &[Model::Matching])
        .await
        .unwrap();
    let mut f = signal("wonion", "x", "housing.fin.hua");
    f.subjects = vec![pseudonym(5)];
    f.household = Some(pseudonym(1_000_007));
    f.place = Some(pseudonym(2_000_008));
    scene.report(&f).await;
    Follower::new(scene.log.clone(), views.clone()).catch_up().await.unwrap();
    let p = views.pending(10).await.unwrap().remove(0);
    let t = std::time::Instant::now();
    for _ in 0..2000 {
        assert_eq!(views.candidates(&p).await.unwrap().len(), 3);
    }
    println!("candidates {:.0}/s", 2000.0 / t.elapsed().as_secs_f64());
}
