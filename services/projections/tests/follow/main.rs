//! Read models over a real log: followed, dropped, rebuilt and compared.

#![allow(clippy::unwrap_used, reason = "what goes wrong in a test must stop it")]

/// Makes tests of the functions named, on a database with a pooler before it.
macro_rules! behind_a_pooler {
    ($($test:ident)+) => {
        mod behind_a_pooler {
            $(#[tokio::test]
            async fn $test() {
                let place = $crate::scene::Place::pooled();
                super::$test($crate::scene::Scene::at(&place).await).await;
            })+
        }
    };
}

mod faults;
mod fence;
mod history;
mod law;
#[path = "../../benches/projections/life.rs"]
#[allow(dead_code, reason = "the benchmark uses all of it")]
mod life;
mod look;
mod past;
mod place;
mod postgres;
mod rebuild;
mod rebuilt;
mod scene;
#[path = "../../benches/projections/town.rs"]
#[allow(dead_code, reason = "the benchmark uses all of it")]
mod town;
mod who;
