//! What a receiver knows a message of the hub's by: signatures as in Standard Webhooks 1.0, one for each secret, so that a
//! receiver can go from one to the next without missing anything.

use std::fmt;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// How long one is, in bytes.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// The secrets of one webhook, ready to sign.
#[derive(Clone)]
pub struct Secrets(Vec<Hmac<Sha256>>);

/// Why a file of secrets can't be used. Repeats nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSecret {
    /// There is none in it.
    #[error("it holds no secret")]
    None,
    /// A line is no secret.
    #[error("line {line} is no secret: whsec_ and 24 to 64 bytes in base64")]
    Line {
        /// Counted from 1.
        line: usize,
    },
}

impl Secrets {
    /// From a file's text: one secret a line, the current one first.
    ///
    /// # Errors
    /// When there is none, or a line is none.
    pub fn parse(text: &str) -> Result<Self, BadSecret> {
        let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
        let keys = lines.map(|(at, line)| key(line).ok_or(BadSecret::Line { line: at + 1 }));
        let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(BadSecret::None) } else { Ok(Self(keys)) }
    }

    /// The header `webhook-signature`: `v1,` and the signature by each secret, with a space between.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let of = |key: &Hmac<Sha256>| {
            let signed = key.clone().chain_update(format!("{id}.{timestamp}.")).chain_update(body);
            format!("v1,{}", BASE64.encode(&signed.finalize().into_bytes()))
        };
        self.0.iter().map(of).collect::<Vec<_>>().join(" ")
    }
}

fn key(line: &str) -> Option<Hmac<Sha256>> {
    let bytes = Zeroizing::new(BASE64.decode(line.strip_prefix(PREFIX)?.as_bytes()).ok()?);
    Hmac::new_from_slice(&bytes).ok().filter(|_| LENGTH.contains(&bytes.len()))
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    const ONE: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const OTHER: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    /// As the libraries of Svix test themselves with.
    #[test]
    fn the_signature_of_a_known_message_is_the_known_one() {
        let signed = Secrets::parse(ONE).unwrap().sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn while_secrets_change_a_message_is_signed_by_each() {
        let sign = |text: &str| Secrets::parse(text).unwrap().sign("id", 1, b"body");
        assert_eq!(sign(&format!("{ONE}\n\n {OTHER}\n")), format!("{} {}", sign(ONE), sign(OTHER)));
        assert_ne!(sign(ONE), sign(OTHER));
    }

    #[test]
    fn a_line_that_is_no_secret_is_named_and_not_repeated() {
        for (text, bad) in [
            ("", BadSecret::None),
            ("\n \n", BadSecret::None),
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", BadSecret::Line { line: 1 }),
            ("whsec_c2hvcnQ=", BadSecret::Line { line: 1 }),
            (&format!("{ONE}\nwhsec_?"), BadSecret::Line { line: 2 }),
        ] {
            assert_eq!(Secrets::parse(text).unwrap_err(), bad, "{text:?}");
        }
        assert_eq!(format!("{:?}", Secrets::parse(ONE).unwrap()), "1 secrets");
    }
}
