//! Work that gives way: threads that the system lets run when nobody in front wants the processor.
//!
//! A partner waits for his receipt; a read model that is a moment behind is behind for nobody in particular. Where both want
//! the same cores, the one who is waited for goes first. What gives way still moves on, if slowly: it is given a share,
//! never nothing.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};

/// How much less of a processor than others such a thread asks for (nice value; 10 is about a tenth of the share).
const NICE: i32 = 10;
/// One for each of the small machine's cores. What works here mostly waits for its database.
const THREADS: usize = 2;

/// The threads. They end when this is dropped, with whatever still runs on them.
#[derive(Debug)]
pub struct Background {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Background {
    /// Starts the threads.
    pub fn start() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(THREADS).thread_name("background").enable_all().on_thread_start(|| {
            // On Linux this is the thread's own value, and that of the threads it starts. Where it can't be had, the
            // work goes on as before.
            if let Err(error) = rustix::process::nice(NICE) {
                tracing::warn!(%error, "the background works as hard as the front");
            }
        });
        let runtime = builder.build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    /// Starts tasks there.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // Waiting for its threads isn't allowed where other tasks run; those of a supervisor were waited for already.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn niceness() -> i32 {
        rustix::process::getpriority_process(None).unwrap()
    }

    #[tokio::test]
    async fn what_works_in_the_background_asks_for_less_and_so_do_the_threads_it_starts() {
        let background = Background::start().unwrap();
        let here = niceness();
        let of_task_and_thread = async { (niceness(), std::thread::spawn(niceness).join().unwrap()) };
        let (task, thread) = background.handle().spawn(of_task_and_thread).await.unwrap();
        assert_eq!((task, thread, niceness()), (here + NICE, here + NICE, here));
    }
}
