//! Connections to the file. What is done with one is done on a thread that may wait for the disk.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use seinhuis_eventstore::Trouble;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::fault::Fault;

/// Up to so many connections, each made when it is needed.
pub(super) struct Pool {
    path: PathBuf,
    connect: fn(&Path) -> rusqlite::Result<Connection>,
    idle: Mutex<Vec<Connection>>,
    room: Arc<Semaphore>,
}

/// One of them, in somebody's hands. Not there any more once what was done with it was given up in the middle.
pub(super) struct Taken {
    connection: Option<Connection>,
    pool: Arc<Pool>,
    /// Goes along with the connection: who gives up in the middle makes room when the thread is done.
    room: Option<OwnedSemaphorePermit>,
}

impl Pool {
    pub(super) fn new(
        path: &Path,
        size: usize,
        connect: fn(&Path) -> rusqlite::Result<Connection>,
    ) -> Arc<Self> {
        let room = Arc::new(Semaphore::new(size));
        Arc::new(Self { path: path.to_owned(), connect, idle: Mutex::default(), room })
    }

    /// Waits until there is room, and gives a connection that lay idle, or a new one.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Taken, Fault> {
        let room = Arc::clone(&self.room).acquire_owned().await;
        let room = room.map_err(|closed| out_of_reach("wait for a connection", closed))?;
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let (path, connect) = (self.path.clone(), self.connect);
                let made = tokio::task::spawn_blocking(move || connect(&path)).await;
                made.map_err(|ended| out_of_reach("open the file", ended))?
                    .map_err(Fault::file("open the file"))?
            }
        };
        Ok(Taken { connection: Some(connection), pool: Arc::clone(self), room: Some(room) })
    }

    /// One that lies idle, if there is one right now.
    pub(super) fn idle_one(self: &Arc<Self>) -> Option<Taken> {
        let room = Arc::clone(&self.room).try_acquire_owned().ok()?;
        let connection = self.idle().pop()?;
        Some(Taken { connection: Some(connection), pool: Arc::clone(self), room: Some(room) })
    }

    pub(super) async fn close(&self) {
        self.room.close();
        let idle = std::mem::take(&mut *self.idle());
        // The last one to go tidies the file up. Everything was answered already.
        let _ = tokio::task::spawn_blocking(move || drop(idle)).await;
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Taken {
    /// Does `work` with the connection.
    pub(super) async fn work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Connection) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let (connection, room) = (self.connection.take(), self.room.take());
        let done = tokio::task::spawn_blocking(move || {
            let done = connection.as_ref().map(work);
            (done, connection, room)
        });
        let (done, connection, room) = done.await.map_err(|ended| out_of_reach("use the file", ended))?;
        (self.connection, self.room) = (connection, room);
        done.ok_or_else(|| out_of_reach("use the file", "what was done with it before was given up"))
    }

    /// Keeps the connection for the next, unless it is in the middle of something: after a failed COMMIT SQLite may
    /// have undone the change by itself, or not.
    pub(super) fn give_back(mut self) {
        if let Some(connection) = self.connection.take()
            && connection.is_autocommit()
            && !self.pool.room.is_closed()
        {
            self.pool.idle().push(connection);
        }
    }
}

fn out_of_reach(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Fault {
    Fault::Unavailable { what, trouble: Trouble::OutOfReach, source: Arc::from(source.into()) }
}
