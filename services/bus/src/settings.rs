//! How to reach the server, and what the feed may take there.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::fault::Fault;

/// A bus between processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The servers, of which any will do: `nats://<host>:<port>`, or `tls://` where the connection must be encrypted.
    /// No password in it: that is what [`Settings::login`] is for.
    pub urls: Vec<String>,
    /// What every subject begins with, so that several hubs can share a server: one token or several with dots between
    /// them, of `a-z`, `0-9`, `_` and `-`.
    pub prefix: String,
    /// What the server's own lists call this process.
    pub name: String,
    /// Who it is.
    pub login: Option<Login>,
    /// How the connection is protected.
    pub tls: Tls,
    /// The feed.
    pub feed: FeedSettings,
}

impl Settings {
    /// The server at `url`, and for all else what does for one hub.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            urls: vec![url.into()],
            prefix: "seinhuis".into(),
            name: "seinhuis".into(),
            login: None,
            tls: Tls::default(),
            feed: FeedSettings::default(),
        }
    }

    /// Whether all of it keeps the rules.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let broken =
            |setting, given: &str, rule| Err(Fault::Setting { setting, given: given.to_owned(), rule });
        if self.prefix.len() > 64 || !self.prefix.split('.').all(is_token) {
            let rule = "tokens of a-z, 0-9, _ and - with dots between them, 64 characters at most";
            return broken("the prefix of subjects", &self.prefix, rule);
        }
        let FeedSettings { stream, keep, bytes, duplicates, replicas } = &self.feed;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if !(1..=64).contains(&stream.len()) || !stream.bytes().all(plain) {
            return broken("the feed's stream", stream, "1 to 64 characters of A-Z, a-z, 0-9, _ and -");
        }
        if *bytes == 0 || i64::try_from(*bytes).is_err() {
            return broken("the feed's room", &bytes.to_string(), "at least a byte");
        }
        if duplicates.is_zero() || duplicates > keep {
            let rule = "longer than nothing, and no longer than the feed is kept";
            return broken("the window for duplicates", &format!("{duplicates:?}"), rule);
        }
        if !(1..=5).contains(replicas) {
            return broken("the feed's replicas", &replicas.to_string(), "1 to 5");
        }
        Ok(())
    }
}

/// User and password.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The user.
    pub user: String,
    /// His password. Shown nowhere.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

/// How the connection is protected. A `tls://` address and a server that demands it are encrypted whatever stands here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// Refuse a server that doesn't encrypt.
    pub required: bool,
    /// Certificates of the authorities to trust, in PEM; without it those of the machine.
    pub authorities: Option<PathBuf>,
    /// A certificate to show and its key, in PEM each.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

/// The stream that holds the feed, and its bounds (INV-11). Beyond them the oldest go first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedSettings {
    /// Its name on the server.
    pub stream: String,
    /// How long an event is kept.
    pub keep: Duration,
    /// How many bytes it may take.
    pub bytes: u64,
    /// How long the server remembers an id, to keep what is published twice out.
    pub duplicates: Duration,
    /// Servers that hold a copy, in a cluster.
    pub replicas: usize,
}

impl Default for FeedSettings {
    fn default() -> Self {
        Self {
            stream: "SEINHUIS_FEED".into(),
            keep: Duration::from_hours(30 * 24),
            bytes: 4 << 30,
            duplicates: Duration::from_mins(2),
            replicas: 1,
        }
    }
}

/// Whether `text` can be one token of a subject.
pub(crate) fn is_token(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    !text.is_empty() && text.bytes().all(plain)
}

#[cfg(test)]
mod specs {
    use super::*;

    fn refused(change: impl FnOnce(&mut Settings)) -> Option<&'static str> {
        let mut settings = Settings::at("nats://localhost:4222");
        change(&mut settings);
        match settings.check() {
            Ok(()) => None,
            Err(Fault::Setting { setting, .. }) => Some(setting),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_prefix_is_made_of_tokens() {
        for good in ["seinhuis", "gemeenten.oude-ijsselstreek", "a_1"] {
            assert_eq!(refused(|settings| settings.prefix = good.into()), None, "{good}");
        }
        for bad in ["", ".", "a..b", "a.", "Seinhuis", "a b", "a.*", ">", &"a".repeat(65)] {
            let setting = refused(|settings| settings.prefix = bad.into());
            assert_eq!(setting, Some("the prefix of subjects"), "{bad}");
        }
    }

    #[test]
    fn the_feed_has_bounds_that_fit_each_other() {
        assert_eq!(refused(|settings| settings.feed.stream = "a.b".into()), Some("the feed's stream"));
        assert_eq!(refused(|settings| settings.feed.bytes = 0), Some("the feed's room"));
        assert_eq!(refused(|settings| settings.feed.bytes = u64::MAX), Some("the feed's room"));
        let window = Some("the window for duplicates");
        assert_eq!(refused(|settings| settings.feed.duplicates = Duration::ZERO), window);
        assert_eq!(refused(|settings| settings.feed.keep = Duration::from_secs(1)), window);
        assert_eq!(refused(|settings| settings.feed.replicas = 6), Some("the feed's replicas"));
    }

    #[test]
    fn a_password_is_shown_nowhere() {
        let login = Login { user: "hub".into(), password: "geheim".into() };
        let settings = Settings { login: Some(login), ..Settings::at("nats://localhost") };
        assert!(!format!("{settings:?}").contains("geheim"));
    }
}
