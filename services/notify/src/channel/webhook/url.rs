//! Where a webhook is, as a profile says it.

use std::fmt;
use std::str::FromStr;

use hyper::Uri;
use hyper::http::uri::Scheme;

/// The address of a webhook: `https://host/…`, or `http://` within one's own network. Its path may be as good as a password
/// at the receiver's, so it isn't shown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Url(Uri);

/// Why a text is no address of a webhook. Repeats nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// It is none.
    #[error("it is no address: https://host/…")]
    NoAddress,
    /// It names a user.
    #[error("an address carries no user name or password")]
    User,
}

impl FromStr for Url {
    type Err = BadUrl;

    fn from_str(text: &str) -> Result<Self, BadUrl> {
        let uri: Uri = text.parse().map_err(|_| BadUrl::NoAddress)?;
        let authority = uri.authority().ok_or(BadUrl::NoAddress)?;
        if authority.as_str().contains('@') {
            return Err(BadUrl::User);
        }
        let port = authority.as_str().len() > authority.host().len();
        let known = uri.scheme() == Some(&Scheme::HTTPS) || uri.scheme() == Some(&Scheme::HTTP);
        if !known || authority.host().is_empty() || (port && uri.port_u16().is_none_or(|port| port == 0)) {
            return Err(BadUrl::NoAddress);
        }
        Ok(Self(uri))
    }
}

impl Url {
    /// Whether the line is kept private.
    pub(super) fn is_tls(&self) -> bool {
        self.0.scheme() == Some(&Scheme::HTTPS)
    }

    /// The name or address of the machine, as a resolver takes it.
    pub(super) fn host(&self) -> &str {
        self.0.host().unwrap_or_default().trim_matches(['[', ']'])
    }

    pub(super) fn port(&self) -> u16 {
        self.0.port_u16().unwrap_or(if self.is_tls() { 443 } else { 80 })
    }

    /// What the header `host` says.
    pub(super) fn authority(&self) -> &str {
        self.0.authority().map_or("", |authority| authority.as_str())
    }

    /// What is asked of that machine.
    pub(super) fn path(&self) -> &str {
        self.0.path_and_query().map_or("/", |path| path.as_str())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/…", if self.is_tls() { "https" } else { "http" }, self.authority())
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let parts = |text: &str| {
            let url: Url = text.parse().unwrap();
            (url.is_tls(), url.host().to_owned(), url.port(), url.path().to_owned())
        };
        assert_eq!(parts("https://zaak.example"), (true, "zaak.example".into(), 443, "/".into()));
        assert_eq!(parts("http://10.0.0.1/a?b=c"), (false, "10.0.0.1".into(), 80, "/a?b=c".into()));
        assert_eq!(parts("https://[2a00::1]:8443/h"), (true, "2a00::1".into(), 8443, "/h".into()));
    }

    #[test]
    fn what_is_no_address_or_names_a_user_is_refused_and_not_repeated() {
        let bad = |text: &str| text.parse::<Url>().unwrap_err();
        for text in [
            "",
            "zaak.example",
            "/hook",
            "ftp://zaak.example/",
            "https://",
            "https://a b/",
            "https://a:0/",
            "https://a:99999/",
        ] {
            assert_eq!(bad(text), BadUrl::NoAddress, "{text:?}");
        }
        assert_eq!(bad("https://u:geheim@zaak.example/"), BadUrl::User);
        let shown = format!("{:?}", "https://zaak.example/geheim".parse::<Url>().unwrap());
        assert_eq!(shown, "https://zaak.example/…");
    }
}
