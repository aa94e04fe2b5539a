//! Notes as others write them, and every way in which one doesn't count.

use super::*;

/// The example of the documentation of Go's `golang.org/x/mod/sumdb/note`, which the format comes from.
const KNOWN_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const KNOWN_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
                          then you don't know what your problem is.\n\n\
                          — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn signer(name: &str, seed: u8) -> Signer {
    Signer::new(name, &[seed; 32])
}

#[test]
fn a_note_that_others_signed_is_read() {
    let key: VerifierKey = KNOWN_KEY.parse().unwrap();
    assert_eq!((key.name(), key.to_string().as_str()), ("PeterNeumann", KNOWN_KEY));
    let text = key.open(KNOWN_NOTE).unwrap();
    assert!(text.starts_with("If you") && text.ends_with("problem is.\n"), "{text:?}");
}

#[test]
fn what_is_signed_is_read_back_also_among_other_signatures() {
    let (hub, witness) = (signer("seinhuis/ulft", 1), signer("witness", 2));
    let note = hub.sign("one\n\nthree\n");
    let both = format!("{note}{}", witness.sign("one\n\nthree\n").rsplit_once("\n\n").unwrap().1);
    for key in [hub.verifier(), witness.verifier()] {
        assert_eq!(key.open(&both), Ok("one\n\nthree\n"));
    }
    assert_eq!(hub.verifier().to_string().parse(), Ok(hub.verifier().clone()));
}

#[test]
fn no_byte_of_a_note_can_change() {
    let hub = signer("seinhuis/ulft", 1);
    let note = hub.sign("seinhuis/ulft\n7\nAAAA\n");
    for at in 0..note.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= flip;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert!(hub.verifier().open(&changed).is_err(), "{changed:?}");
        }
    }
}

#[test]
fn the_signature_of_another_key_is_told_with_its_name() {
    let note = signer("seinhuis/ulft", 1).sign("text\n");
    let (other_name, other_key) = (signer("seinhuis/lelystad", 1), signer("seinhuis/ulft", 2));
    for other in [other_name, other_key] {
        let by = vec![signer("seinhuis/ulft", 1).verifier().short()];
        let wanted = other.verifier().short();
        assert_eq!(other.verifier().open(&note), Err(NoteError::OtherSigner { by, wanted }));
    }
    let key = signer("seinhuis/ulft", 2).verifier().clone();
    let forged =
        note.replace(&signature_of(&note), &signature_of(&signer("seinhuis/ulft", 2).sign("texT\n")));
    assert_eq!(key.open(&forged), Err(NoteError::FalseSignature));
}

fn signature_of(note: &str) -> String {
    note.rsplit_once(' ').unwrap().1.to_owned()
}

#[test]
fn what_is_no_note_is_refused() {
    let key = signer("hub", 1).verifier().clone();
    let good = signer("hub", 1).sign("text\n");
    let long = "x".repeat(70_000);
    let broken = [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— hub\n",
        "text\n\n— hub AAAA\n",
        "text\n\nhub AAAAAAAA\n",
        &long,
    ];
    let torn = [
        good.trim_end().to_owned(),
        good.replace('—', "-"),
        good.replace("text", "te\txt"),
        format!("{good}x\n"),
    ];
    for note in broken.into_iter().chain(torn.iter().map(String::as_str)) {
        assert!(matches!(key.open(note), Err(NoteError::Malformed(_))), "{note:?}");
    }
}

#[test]
fn a_verifier_key_with_a_slip_in_it_is_refused() {
    let good = signer("hub", 1).verifier().to_string();
    let key = good.rsplit_once('+').unwrap().1;
    for broken in
        ["", "hub", "hub+00", &good.replace("hub", "hup"), &good[..good.len() - 4], "hub+00000000+%%%%"]
    {
        assert!(broken.parse::<VerifierKey>().is_err(), "{broken}");
    }
    assert!(format!("my hub+00000000+{key}").parse::<VerifierKey>().is_err());
}
