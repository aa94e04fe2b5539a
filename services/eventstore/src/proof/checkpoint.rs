//! A checkpoint (C2SP tlog-checkpoint): how many events the log had, and the hash over all of them.

use data_encoding::BASE64;

use super::hash::Hash;
use super::note::{NoteError, Signer, VerifierKey};

/// What the log was at one moment, in 32 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: `seinhuis/oude-ijsselstreek`.
    pub origin: String,
    /// Its number of events, which is the position of the last one.
    pub size: u64,
    /// The Merkle tree hash of RFC 6962 over their leaves.
    pub root: [u8; 32],
}

impl Checkpoint {
    /// What `signer` says of a log of `size` events.
    pub(super) fn signed(signer: &Signer, size: u64, root: Hash) -> String {
        let origin = signer.verifier().name();
        signer.sign(&format!("{origin}\n{size}\n{}\n", BASE64.encode(&root)))
    }

    /// The checkpoint in `note`, once the signature by `key` has been checked. Its origin is the name of the key.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, NoteError> {
        let checkpoint = Self::parse(key.open(note)?)?;
        if checkpoint.origin != key.name() {
            return Err(NoteError::Malformed("its first line isn't the name of its key"));
        }
        Ok(checkpoint)
    }

    /// The checkpoint in a signed text. Lines after the third one are extensions that say nothing to us.
    fn parse(text: &str) -> Result<Self, NoteError> {
        let mut lines = text.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(NoteError::Malformed("a checkpoint is three lines: origin, size, root"));
        };
        let root = BASE64.decode(root.as_bytes()).ok().and_then(|root| root.try_into().ok());
        let number = size.parse::<u64>().ok().filter(|number| number.to_string() == size);
        Ok(Self {
            origin: origin.to_owned(),
            size: number.ok_or(NoteError::Malformed("its size is no number"))?,
            root: root.ok_or(NoteError::Malformed("its root isn't 32 bytes in base64"))?,
        })
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_checkpoint_is_three_lines_and_comes_back() {
        let signer = Signer::new("seinhuis/ulft", &[7; 32]);
        let note = Checkpoint::signed(&signer, 42, [0xAB; 32]);
        let root = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=";
        assert!(note.starts_with(&format!("seinhuis/ulft\n42\n{root}\n\n— seinhuis/ulft ")), "{note}");
        let checkpoint = Checkpoint { origin: "seinhuis/ulft".into(), size: 42, root: [0xAB; 32] };
        assert_eq!(Checkpoint::open(&note, signer.verifier()), Ok(checkpoint));
    }

    #[test]
    fn a_text_that_is_signed_and_no_checkpoint_is_refused() {
        let signer = Signer::new("hub", &[7; 32]);
        let root = BASE64.encode(&[1; 32]);
        let size_with = |size: &str| format!("hub\n{size}\n{root}\n");
        let broken = ["hub\n7\n".to_owned(), "hub\n7\nAAAA\n".to_owned(), format!("other\n7\n{root}\n")];
        let sizes = ["", "+7", "07", "-1", "7 ", "18446744073709551616"].map(size_with);
        for text in broken.into_iter().chain(sizes) {
            let read = Checkpoint::open(&signer.sign(&text), signer.verifier());
            assert!(matches!(read, Err(NoteError::Malformed(_))), "{text:?}: {read:?}");
        }
        let extended = format!("hub\n7\n{root}\nsomething more\n");
        assert_eq!(Checkpoint::open(&signer.sign(&extended), signer.verifier()).map(|c| c.size), Ok(7));
    }
}
