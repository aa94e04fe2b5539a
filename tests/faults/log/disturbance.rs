//! What else goes on in the same database: connections that are killed or cut, appends that are rolled back, and a write
//! transaction that stays open and has nothing to do with the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use seinhuis_testkit::{Proxy, Session};

/// The longest pause between two disturbances.
const PAUSE: Duration = Duration::from_millis(120);
/// The longest that an append is held before it is rolled back.
const HELD: Duration = Duration::from_millis(10);

/// An append as the log does it, by somebody who changes his mind.
const APPEND: &str = "SELECT stored FROM seinhuis.append(ARRAY['lamp-undone'], ARRAY[1], ARRAY[true], ARRAY['lamp.lit'], \
     ARRAY[1], ARRAY[0]::bigint[], ARRAY[NULL]::text[], ARRAY['nobody'], ARRAY[NULL]::text[], ARRAY['{}']::bytea[], \
     ARRAY[NULL]::bytea[], ARRAY[NULL]::bytea[], ARRAY[decode(repeat('00', 32), 'hex')])";

/// One connection of the hub's, whichever.
const KILL: &str = "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity \
     WHERE application_name = 'seinhuis' AND datname = current_database() ORDER BY random() LIMIT 1) AS one";

/// How often what was done.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Done {
    pub(crate) rolled_back: usize,
    pub(crate) killed: usize,
    pub(crate) cut: usize,
}

/// Disturbances at work.
pub(crate) struct Disturbance {
    enough: Arc<AtomicBool>,
    thread: JoinHandle<Done>,
}

impl Disturbance {
    /// Begins; what is done when follows from `seed`.
    pub(crate) fn start(url: &str, proxy: Arc<Proxy>, seed: u64) -> Self {
        let mut unrelated = Session::start(url).unwrap();
        unrelated.run("CREATE TABLE unrelated (x int); BEGIN; INSERT INTO unrelated VALUES (1)").unwrap();
        let mut session = Session::start(url).unwrap();
        let enough = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&enough);
        let thread = std::thread::spawn(move || {
            let mut rng = fastrand::Rng::with_seed(seed);
            let mut done = Done::default();
            while !stop.load(Ordering::Relaxed) {
                match rng.u8(..3) {
                    0 => {
                        let stored = session.run(&format!("BEGIN; {APPEND}")).unwrap();
                        assert_eq!(stored, "t", "it had its place, and gives it back");
                        std::thread::sleep(HELD.mul_f64(rng.f64()));
                        session.run("ROLLBACK").unwrap();
                        done.rolled_back += 1;
                    }
                    1 => done.killed += session.run(KILL).unwrap().parse::<usize>().unwrap(),
                    _ => {
                        proxy.cut();
                        done.cut += 1;
                    }
                }
                std::thread::sleep(PAUSE.mul_f64(rng.f64()));
            }
            unrelated.run("COMMIT").unwrap();
            done
        });
        Self { enough, thread }
    }

    /// Ends, and tells what was done.
    pub(crate) fn end(self) -> Done {
        self.enough.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}
