//! Looking, at all of it at once.

mod bus;
mod databases;
mod directory;
mod door;
mod files;
mod followers;
mod hub;
mod keys;
mod leases;
mod log;
mod machine;
mod mail;
mod proof;
mod sign;
mod webhooks;
mod work;

use std::time::Duration;

use seinhuis_eventstore::inspect::{self, Schema};
use seinhuis_eventstore::{Log, Settings};
use seinhuis_runtime::Clock;

use super::facts::{Facts, Need, Seen};
use crate::cli::Surroundings;
use crate::commands::serve;
use crate::profile::Loaded;
use crate::store::Folder;

/// How long looking at one thing may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long one question of it may.
const ANSWER: Duration = Duration::from_secs(3);

/// What everybody who looks is given.
#[derive(Debug, Clone, Copy)]
struct View<'a> {
    around: &'a Surroundings,
    profile: Option<&'a Loaded>,
    folder: &'a Folder,
    clock: &'a Clock,
}

impl View<'_> {
    /// The address of the log.
    fn log_url(&self) -> String {
        self.around.config.data.log_url.clone().unwrap_or_else(|| self.folder.log_url())
    }

    /// The address of the proof book.
    fn book_url(&self) -> String {
        self.around.config.data.log_url.clone().unwrap_or_else(|| self.folder.book_url())
    }

    /// The log, for reading only; none where nobody has begun one.
    async fn log(&self) -> anyhow::Result<Option<Log>> {
        if inspect::log_schema(&self.log_url(), ANSWER).await? == Schema::NotMade {
            return Ok(None);
        }
        let settings = Settings { patience: ANSWER, ..Settings::default() };
        Ok(Some(Log::look_in(&self.log_url(), settings).await?))
    }
}

/// Why nothing is seen of a log that nobody has begun.
const NO_LOG: &str = "there is no log yet";

/// Everything that `needed` asks for.
pub(super) async fn facts(around: anyhow::Result<Surroundings>, needed: impl Fn(Need) -> bool) -> Facts {
    let around = match around {
        Ok(around) => around,
        Err(refused) => {
            let around = Seen::Fault(super::facts::in_one_line(&*refused));
            return Facts { around, ..Facts::default() };
        }
    };
    let clock = serve::clock(&around, None);
    let now = clock.now();
    let folder = Folder::at(&around.config.data.folder);
    let profile = match around.profile() {
        Ok(loaded) => Seen::There(loaded),
        Err(refused) => Seen::Fault(super::facts::in_one_line(&*refused)),
    };
    let view = View { around: &around, profile: profile.get().ok(), folder: &folder, clock: &clock };
    macro_rules! look {
        ($need:ident, $look:expr) => {
            async { if needed(Need::$need) { within($look).await } else { Seen::default() } }
        };
    }
    let seen = tokio::join!(
        look!(Machine, machine::look(view)),
        look!(Files, files::look(view)),
        look!(Databases, databases::look(view)),
        look!(Log, log::look(view)),
        look!(Directory, directory::look(view)),
        look!(Keys, keys::look(view)),
        look!(Proof, proof::look(view)),
        look!(Followers, followers::look(view)),
        look!(Work, work::look(view)),
        look!(Leases, leases::look(view)),
        look!(Door, door::look(view)),
        look!(Hub, hub::look(view)),
        look!(Mail, mail::look(view)),
        look!(Webhooks, webhooks::look(view)),
        look!(Sign, sign::look(view)),
        look!(Bus, bus::look(view)),
    );
    let (machine, files, databases, log, directory, keys, proof, followers, work, leases, ..) = seen;
    let (.., door, hub, mail, webhooks, sign, bus) = seen;
    Facts {
        around: Seen::There(around),
        profile,
        now,
        machine,
        files,
        databases,
        log,
        directory,
        keys,
        proof,
        followers,
        work,
        leases,
        door,
        hub,
        mail,
        webhooks,
        sign,
        bus,
    }
}

/// What somebody saw; that he didn't, where it failed or took too long.
async fn within<T>(look: impl Future<Output = anyhow::Result<Seen<T>>>) -> Seen<T> {
    match tokio::time::timeout(PATIENCE, look).await {
        Ok(Ok(seen)) => seen,
        Ok(Err(fault)) => Seen::Fault(super::facts::in_one_line(&*fault)),
        Err(_) => Seen::Fault(format!("it took longer than {PATIENCE:?}")),
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_looks_for_too_long_or_in_vain_says_so() {
        let stuck = within(async {
            tokio::time::sleep(2 * PATIENCE).await;
            Ok(Seen::There(()))
        });
        assert_eq!(stuck.await.fault(), Some("it took longer than 5s"));
        let failed: Seen<()> = within(async { anyhow::bail!("nobody is there") }).await;
        assert_eq!(failed.fault(), Some("nobody is there"));
    }
}
