//! Every cell keeps its whole history.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

use crate::cell::{self, Row};
use crate::ground::Ground;
use crate::plan::Plan;
use crate::table;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_the_matrix_leaves_a_history_that_fits_together() {
    let plan = Plan::of_this_run();
    let start = || Ground::start(plan.rolling, plan.tomorrow.clone());
    let mut ground = start();
    let mut broken = Vec::new();
    table::heading();
    for (number, fault) in plan.cells.iter().enumerate() {
        let seed = plan.seed.wrapping_add(number as u64);
        let run = AssertUnwindSafe(cell::run(&mut ground, *fault, seed)).catch_unwind().await;
        let row = run.unwrap_or_else(|why| {
            // Its servers may be away or stopped: the next cell gets others.
            ground = start();
            Row::broken_off(*fault, seed, &*why)
        });
        table::line(&row);
        if !row.is_good() {
            table::log(&row);
            broken.push(fault.to_string());
        }
    }
    println!("{} cells, {} broken", plan.cells.len(), broken.len());
    assert!(!plan.cells.is_empty(), "no cell is called like that");
    assert!(broken.is_empty(), "{broken:?}");
}
