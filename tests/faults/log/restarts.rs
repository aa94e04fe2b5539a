//! The PostgreSQL server goes away in the middle of appends and comes back. The processes that append stay: they are told
//! of faults, try again, and go on (INV-1, INV-3).

use std::time::Instant;

use seinhuis_tests::told::Told;

use crate::appender::Appender;
use crate::oracle::Oracle;
use crate::place::{Database, Place};
use crate::plan::Plan;
use crate::signed::Notaries;

const PROCESSES: usize = 2;
const CALLERS: usize = 8;
/// Of how many kills one is of the server.
const SHARE: usize = 10;
/// Receipts of each process before the server goes and after it is back.
const SOME: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inv1_on_postgres_a_server_killed_in_the_middle_of_appends_loses_nothing_and_is_gone_on_with() {
    let plan = Plan::of_this_run();
    let rounds = (plan.rounds / SHARE).max(2);
    let began = Instant::now();
    let mut database = Database::new();
    let url = database.url();
    let notaries = Notaries::new(Some(url.clone()));
    let mut appenders: Vec<Appender> = (0..PROCESSES)
        .map(|process| {
            let callers: Vec<String> =
                (0..CALLERS).map(|caller| format!("lamp-{process}-{caller} 0")).collect();
            Appender::start(&url, &format!("p{process}"), &callers, &notaries.arguments())
        })
        .collect();
    for round in 0..rounds {
        for appender in &mut appenders {
            appender.stored(SOME).await;
        }
        let faults: Vec<usize> = appenders.iter().map(Appender::faults).collect();
        // By turns as a crash of the machine would end it, and as its own immediate shutdown does.
        if round % 2 == 0 {
            database.server.kill().unwrap();
        } else {
            database.server.shut_down_immediately().unwrap();
        }
        for (appender, before) in appenders.iter_mut().zip(faults) {
            let told =
                |heard: &[Told]| heard.iter().filter(|it| matches!(it, Told::Fault(_))).count() > before;
            appender.until("fault", told).await;
        }
        database.server.restart().unwrap();
    }
    for appender in &mut appenders {
        appender.stored(SOME).await;
    }
    let mut oracle = Oracle::default();
    let mut faults = 0;
    for (process, appender) in appenders.into_iter().enumerate() {
        let told = appender.stop();
        faults += told.iter().filter(|told| matches!(told, Told::Fault(_))).count();
        oracle.take(&format!("p{process}"), &told);
    }
    let log = database.open().await;
    let verdict = oracle.audit(&log).await;
    let signed = notaries.audit(&log, verdict.root).await;
    log.close().await;
    let Oracle { receipts, found, .. } = oracle;
    println!(
        "{rounds} times gone and back, {faults} faults told, {} events, {signed} checkpoints, {receipts} receipts, {found} of them for what \
         a lost answer had been about; {:.1?}",
        verdict.events,
        began.elapsed()
    );
}
