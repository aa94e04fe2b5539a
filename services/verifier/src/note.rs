//! Checkpoints: a log's size and root in the C2SP tlog-checkpoint form, signed as a C2SP signed note with Ed25519.

mod key;
mod text;

pub use key::{Key, KeyError};

/// What was signed about a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many events the log had.
    pub size: u64,
    /// The Merkle tree hash over their leaves.
    pub root: [u8; 32],
}

/// Why a checkpoint doesn't hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    /// It isn't a signed note.
    #[error("it isn't a signed note: {0}")]
    Shape(&'static str),
    /// Nobody signed it with this key's name and id.
    #[error("it isn't signed with this key")]
    OtherKey,
    /// It says that this key signed it, and that isn't so.
    #[error("the signature is wrong")]
    Signature,
    /// The signed text isn't a checkpoint.
    #[error("the signed text isn't a checkpoint: {0}")]
    Text(&'static str),
    /// It is about another log than the key is for.
    #[error("it is about another log than this key's")]
    Origin,
}

impl Checkpoint {
    /// Opens a signed note: the signature first, and only then what it says.
    pub fn open(note: &[u8], key: &Key) -> Result<Self, NoteFault> {
        let (text, signatures) = text::split(note)?;
        key.check(text, signatures)?;
        let (origin, checkpoint) = text::checkpoint(text)?;
        if origin == key.name() { Ok(checkpoint) } else { Err(NoteFault::Origin) }
    }
}

#[cfg(test)]
mod specs {
    use data_encoding::BASE64;
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;

    fn key() -> Key {
        Key::of("seinhuis/lelystad", &SigningKey::from_bytes(&[7; 32]).verifying_key())
    }

    fn signed_as(name: &str, text: &str) -> String {
        let mut signature = Key::of(name, &SigningKey::from_bytes(&[7; 32]).verifying_key()).id().to_vec();
        signature.extend(SigningKey::from_bytes(&[7; 32]).sign(text.as_bytes()).to_bytes());
        format!("{text}\n— {name} {}\n", BASE64.encode(&signature))
    }

    fn note(text: &str) -> String {
        signed_as("seinhuis/lelystad", text)
    }

    fn text(size: &str, rest: &str) -> String {
        format!("seinhuis/lelystad\n{size}\n{}\n{rest}", BASE64.encode(&[9; 32]))
    }

    #[test]
    fn a_checkpoint_signed_by_the_key_opens() {
        let opened = Checkpoint::open(note(&text("12", "")).as_bytes(), &key());
        assert_eq!(opened, Ok(Checkpoint { size: 12, root: [9; 32] }));
        let extended = Checkpoint::open(note(&text("0", "an extension\n")).as_bytes(), &key());
        assert_eq!(extended, Ok(Checkpoint { size: 0, root: [9; 32] }));
    }

    #[test]
    fn signatures_of_others_are_passed_over() {
        let other = format!("— witness.example/w {}\n", BASE64.encode(&[1; 40]));
        let both = note(&text("12", "")) + &other;
        assert!(Checkpoint::open(both.as_bytes(), &key()).is_ok());
        let (signed, _) = both.split_once("— ").unwrap();
        let without = format!("{signed}{other}");
        assert_eq!(Checkpoint::open(without.as_bytes(), &key()), Err(NoteFault::OtherKey));
    }

    #[test]
    fn a_signature_by_another_key_under_the_same_name_is_not_this_keys() {
        let other = Key::of("seinhuis/lelystad", &SigningKey::from_bytes(&[8; 32]).verifying_key());
        assert_eq!(Checkpoint::open(note(&text("12", "")).as_bytes(), &other), Err(NoteFault::OtherKey));
    }

    #[test]
    fn any_changed_bit_is_found() {
        let good = note(&text("12", "")).into_bytes();
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut changed = good.clone();
                changed[at] ^= 1 << bit;
                assert!(Checkpoint::open(&changed, &key()).is_err(), "bit {bit} of byte {at}");
            }
        }
        for end in 0..good.len() {
            assert!(Checkpoint::open(&good[..end], &key()).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn signed_text_that_is_no_checkpoint_of_this_log_is_refused() {
        let short = format!("seinhuis/lelystad\n12\n{}\n", BASE64.encode(&[9; 31]));
        let bad =
            ["seinhuis/lelystad\n12\n".to_owned(), text("012", ""), text("-1", ""), text("+1", ""), short];
        for text in bad.iter().chain([&text("18446744073709551616", ""), &text("", "")]) {
            let opened = Checkpoint::open(note(text).as_bytes(), &key());
            assert!(matches!(opened, Err(NoteFault::Text(_))), "{text:?}: {opened:?}");
        }
        let other = text("12", "").replace("lelystad", "assen");
        assert_eq!(Checkpoint::open(note(&other).as_bytes(), &key()), Err(NoteFault::Origin));
    }

    /// The example in the documentation of Go's golang.org/x/mod/sumdb/note, where the form comes from.
    #[test]
    fn a_note_signed_by_the_first_implementation_is_opened() {
        let key = Key::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
        let note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem \
                    is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let (text, signatures) = text::split(note.as_bytes()).unwrap();
        assert_eq!(key.check(text, signatures), Ok(()));
        assert_eq!(Checkpoint::open(note.as_bytes(), &key), Err(NoteFault::Text("it has no third line")));
    }
}
