//! The key store: the same person meets the same pseudonym, and an erased one is gone from every file (INV-9).

#![allow(clippy::unwrap_used, reason = "a test that can't set its scene fails")]

use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt;

use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::sealed::Sealed;
use seinhuis_eventstore::Fault;
use seinhuis_eventstore::keyring::{
    Content, Erasure, Identifier, IdentifierKind, Keyring, Known, Part, Place, SealError,
};
use seinhuis_runtime::Entropy;

const PLACE: Place<'_> = Place { event: "signal.reported", stream: "signal-7", version: 1 };

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    async fn try_open(&self, seed: u64) -> Result<Keyring, Fault> {
        let folder = self.0.path();
        Keyring::open(&folder.join("keys.sqlite"), &folder.join("master.key"), Entropy::seeded(seed)).await
    }

    async fn open(&self) -> Keyring {
        self.try_open(1).await.unwrap()
    }

    /// How many of `canaries`, 16 bytes each, stand in any file of the folder, as bytes or as hexadecimal digits.
    fn found(&self, canaries: &[Vec<u8>]) -> usize {
        let window = |bytes: &[u8]| <[u8; 16]>::try_from(bytes).unwrap();
        let mut windows: HashSet<[u8; 16]> = HashSet::new();
        for entry in std::fs::read_dir(self.0.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            windows.extend(bytes.windows(16).map(window));
        }
        let hex = |canary: &[u8]| window(&data_encoding::HEXLOWER.encode(canary).as_bytes()[..16]);
        let stands = |canary: &&Vec<u8>| windows.contains(&window(canary)) || windows.contains(&hex(canary));
        canaries.iter().filter(stands).count()
    }
}

fn person(value: &str) -> Identifier {
    Identifier::new(IdentifierKind::Person, value)
}

fn part<'a>(label: &'a str, keys: &[SubjectId], text: &str) -> Part<'a> {
    Part { label, keys: keys.to_vec(), plaintext: text.as_bytes().to_vec().into() }
}

fn plain(text: &str) -> Content {
    Content::Plain(text.as_bytes().to_vec().into())
}

async fn contents(keyring: &Keyring, sealed: &Sealed) -> Vec<Content> {
    keyring.open_sealed(&PLACE, sealed).await.unwrap().into_iter().map(|opened| opened.content).collect()
}

#[tokio::test]
async fn the_same_identifier_meets_the_same_pseudonym_also_after_reopening() {
    let home = Home::new();
    let keyring = home.open().await;
    let asked = [person("999999990"), Identifier::new(IdentifierKind::Household, "999999990"), person("jan")];
    let first = keyring.pseudonyms(&asked).await.unwrap();
    assert!(first[0] != first[1] && first[1] != first[2], "kinds and values are kept apart");
    assert_eq!(
        keyring.pseudonyms(&[person("JAN"), person(" 999999990 ")]).await.unwrap(),
        [first[2], first[0]]
    );
    keyring.close().await;
    // Another seed: nothing may hang on drawing the same randomness again.
    let keyring = home.try_open(2).await.unwrap();
    assert_eq!(keyring.pseudonyms(&asked).await.unwrap(), first);
}

#[tokio::test]
async fn one_identifier_twice_in_one_question_is_one_subject() {
    let keyring = Home::new().open().await;
    let both = keyring.pseudonyms(&[person("a"), person("b"), person("a")]).await.unwrap();
    assert!(both[0] == both[2] && both[0] != both[1]);
    assert_eq!(keyring.pseudonyms(&[]).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_at_the_same_moment_agree_on_every_pseudonym() {
    let home = Home::new();
    let (one, other) = (home.open().await, home.try_open(2).await.unwrap());
    let callers: Vec<_> = (0..32)
        .map(|i| {
            let keyring = if i % 2 == 0 { one.clone() } else { other.clone() };
            tokio::spawn(async move {
                let asked: Vec<_> = (0..20).map(|n| person(&format!("person {}", (n + i) % 20))).collect();
                let mut told = keyring.pseudonyms(&asked).await.unwrap();
                told.rotate_right(i % 20);
                told
            })
        })
        .collect();
    let mut told = Vec::new();
    for caller in callers {
        told.push(caller.await.unwrap());
    }
    assert!(told.iter().all(|subjects| *subjects == told[0]));
}

#[tokio::test]
async fn what_is_sealed_opens_at_its_own_place_and_nowhere_else() {
    let keyring = Home::new().open().await;
    let subjects = keyring.pseudonyms(&[person("jan"), person("piet")]).await.unwrap();
    let parts = [part("name", &subjects[..1], "Jan"), part("text", &subjects, "Jan en Piet hebben ruzie")];
    let sealed = keyring.seal(&PLACE, &parts).await.unwrap();
    assert_eq!(sealed.keys, subjects);
    assert_eq!(contents(&keyring, &sealed).await, [plain("Jan"), plain("Jan en Piet hebben ruzie")]);
    let others = [
        Place { event: "signal.added", ..PLACE },
        Place { stream: "signal-8", ..PLACE },
        Place { version: 2, ..PLACE },
    ];
    for other in others {
        let moved = keyring.open_sealed(&other, &sealed).await;
        assert!(matches!(moved, Err(Fault::Envelope { .. })), "{other:?}");
    }
    let mut strangers = sealed.clone();
    strangers.keys.reverse();
    assert!(matches!(keyring.open_sealed(&PLACE, &strangers).await, Err(Fault::Envelope { .. })));
}

/// INV-3: this is how a retry is told from another signal under the same reference.
#[tokio::test]
async fn equal_content_for_one_place_gives_equal_bytes_and_other_content_does_not() {
    let keyring = Home::new().open().await;
    let subjects = keyring.pseudonyms(&[person("jan")]).await.unwrap();
    let seal = async |place, text| keyring.seal(&place, &[part("text", &subjects, text)]).await.unwrap();
    let once = seal(PLACE, "geluidsoverlast").await;
    assert_eq!(once, seal(PLACE, "geluidsoverlast").await);
    assert_ne!(once, seal(PLACE, "geluidsoverlasT").await);
    assert_ne!(once, seal(Place { stream: "signal-8", ..PLACE }, "geluidsoverlast").await);
}

#[tokio::test]
async fn a_changed_byte_anywhere_in_an_envelope_keeps_it_shut() {
    let keyring = Home::new().open().await;
    let subjects = keyring.pseudonyms(&[person("jan"), person("piet")]).await.unwrap();
    let parts = [part("name", &subjects[1..], "Piet"), part("text", &subjects, "ruzie")];
    let sealed = keyring.seal(&PLACE, &parts).await.unwrap();
    for at in 0..sealed.bytes.len() {
        let mut changed = sealed.clone();
        changed.bytes[at] ^= 1;
        let shut = keyring.open_sealed(&PLACE, &changed).await;
        assert!(matches!(shut, Err(Fault::Envelope { .. })), "byte {at}: {shut:?}");
        let mut short = sealed.clone();
        short.bytes.truncate(at);
        assert!(keyring.open_sealed(&PLACE, &short).await.is_err(), "cut at {at}");
    }
}

#[tokio::test]
async fn an_erased_subject_takes_along_what_it_shared_and_leaves_the_rest() {
    let home = Home::new();
    let keyring = home.open().await;
    let asked = [person("jan"), person("piet")];
    let subjects = keyring.pseudonyms(&asked).await.unwrap();
    let (jan, piet) = (subjects[0], subjects[1]);
    let both = [piet, jan];
    let parts =
        [part("jan", &[jan], "van Jan"), part("piet", &[piet], "van Piet"), part("both", &both, "samen")];
    let sealed = keyring.seal(&PLACE, &parts).await.unwrap();

    assert_eq!(keyring.erase(jan).await.unwrap(), Erasure::Done);
    let left = [Content::Erased { subject: jan }, plain("van Piet"), Content::Erased { subject: jan }];
    assert_eq!(contents(&keyring, &sealed).await, left);
    assert_eq!(keyring.erase(jan).await.unwrap(), Erasure::Already);
    assert_eq!(keyring.known(jan).await.unwrap(), Known::Erased);
    assert_eq!(keyring.known(piet).await.unwrap(), Known::Active);
    let again = keyring.seal(&PLACE, &parts).await;
    assert!(matches!(again, Err(SealError::Erased { subject }) if subject == jan), "{again:?}");

    let anew = keyring.pseudonyms(&asked).await.unwrap();
    assert_eq!(anew[1], piet);
    assert_ne!(anew[0], jan, "the same person reported later is a new subject");
    keyring.close().await;
    assert_eq!(contents(&home.open().await, &sealed).await, left);
}

#[tokio::test]
async fn a_subject_nobody_knows_is_said_to_be_unknown() {
    let keyring = Home::new().open().await;
    let nobody = SubjectId("0b8f2a34-6a1e-4a53-9d2c-5c4a3b2a1908".parse().unwrap());
    assert_eq!(keyring.known(nobody).await.unwrap(), Known::Unknown);
    assert_eq!(keyring.erase(nobody).await.unwrap(), Erasure::Unknown);
    let sealed = keyring.seal(&PLACE, &[part("text", &[nobody], "x")]).await;
    assert!(matches!(sealed, Err(SealError::Fault(Fault::UnknownSubject { .. }))), "{sealed:?}");
}

#[tokio::test]
async fn parts_that_fit_no_envelope_are_refused() {
    let keyring = Home::new().open().await;
    let jan = keyring.pseudonyms(&[person("jan")]).await.unwrap();
    let long = "l".repeat(256);
    let large = "x".repeat((1 << 20) + 1);
    let cases: [Vec<Part<'_>>; 5] = [
        vec![],
        vec![part("text", &[], "x")],
        vec![part(&long, &jan, "x")],
        vec![part("text", &jan, &large)],
        vec![part("text", &jan, "x"); 256],
    ];
    for parts in cases {
        assert!(matches!(keyring.seal(&PLACE, &parts).await, Err(SealError::Parts { .. })));
    }
    assert!(keyring.seal(&PLACE, &vec![part("text", &jan, "x"); 255]).await.is_ok());
}

/// Reads (token, wrapped key) of a subject around the key store.
async fn secrets(home: &Home, subject: SubjectId) -> Vec<Vec<u8>> {
    use sqlx::{ConnectOptions, Row};
    let path = home.0.path().join("keys.sqlite");
    let mut around = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let query = "SELECT token, wrapped FROM subject WHERE id = ?";
    let row = sqlx::query(query).bind(subject.0.as_bytes().to_vec()).fetch_one(&mut around).await.unwrap();
    vec![row.get(0), row.get(1)]
}

#[tokio::test]
async fn no_file_ever_holds_an_identifier_and_after_erasing_none_holds_its_hash_or_key() {
    let home = Home::new();
    let keyring = home.open().await;
    let canary = "canary-999999990";
    // In many small transactions, so that pages fill up, split and move around those to be erased.
    let mut subjects = Vec::new();
    for wave in 0..60 {
        let mut asked: Vec<_> = (0..40).map(|i| person(&format!("neighbour {wave} {i}"))).collect();
        if wave % 5 == 0 {
            asked.push(person(&format!("{canary} {wave}")));
        }
        let told = keyring.pseudonyms(&asked).await.unwrap();
        subjects.extend(told.get(40).copied());
    }
    keyring.seal(&PLACE, &[part("text", &subjects, canary)]).await.unwrap();
    let mut pieces = Vec::new();
    for subject in &subjects {
        // Halves of the hash, nonce and ciphertext of the wrapped key: a page may have kept only a part.
        let secrets = secrets(&home, *subject).await;
        pieces.extend(secrets.iter().flat_map(|secret| secret.chunks_exact(16)).map(<[u8]>::to_vec));
    }
    assert_eq!(home.found(&pieces), pieces.len(), "the scan finds what is there");
    assert_eq!(home.found(&[canary.as_bytes().to_vec()]), 0);

    for subject in &subjects {
        assert_eq!(keyring.erase(*subject).await.unwrap(), Erasure::Done);
    }
    assert_eq!(home.found(&pieces), 0, "while open");
    keyring.close().await;
    assert_eq!(home.found(&pieces), 0, "after closing");
    let tombstones: Vec<_> = subjects.iter().map(|subject| subject.0.as_bytes().to_vec()).collect();
    assert_eq!(home.found(&tombstones), tombstones.len(), "the tombstones stay");
}

#[tokio::test]
async fn an_erasure_by_another_process_is_noticed() {
    let home = Home::new();
    let (server, command) = (home.open().await, home.try_open(2).await.unwrap());
    let jan = server.pseudonyms(&[person("jan")]).await.unwrap()[0];
    assert_eq!(command.erase(jan).await.unwrap(), Erasure::Done);
    // The server looks around once a second; the answer changes then and doesn't change back.
    while server.known(jan).await.unwrap() != Known::Erased {
        tokio::task::yield_now().await;
    }
    assert_ne!(server.pseudonyms(&[person("jan")]).await.unwrap()[0], jan);
}

#[tokio::test]
async fn the_keys_open_under_their_own_master_key_only() {
    let home = Home::new();
    let keyring = home.open().await;
    keyring.pseudonyms(&[person("jan")]).await.unwrap();
    keyring.close().await;
    let master = home.0.path().join("master.key");
    let right = std::fs::read(&master).unwrap();
    for file in ["master.key", "keys.sqlite"] {
        let rights = std::fs::metadata(home.0.path().join(file)).unwrap().permissions().mode();
        assert_eq!(rights & 0o777, 0o600, "{file}");
    }

    std::fs::remove_file(&master).unwrap();
    let gone = home.try_open(3).await.unwrap_err();
    assert!(matches!(&gone, Fault::MasterKey { .. }), "{gone}");
    assert!(!master.exists(), "no new one is made in its stead");

    std::fs::write(&master, "0".repeat(64)).unwrap();
    std::fs::set_permissions(&master, PermissionsExt::from_mode(0o600)).unwrap();
    let wrong = home.try_open(3).await.unwrap_err();
    assert!(wrong.to_string().contains("isn't the one"), "{wrong}");

    std::fs::write(&master, right).unwrap();
    home.try_open(3).await.unwrap();
    std::fs::set_permissions(&master, PermissionsExt::from_mode(0o644)).unwrap();
    let open_to_all = home.try_open(3).await.unwrap_err();
    assert!(open_to_all.to_string().contains("chmod 600"), "{open_to_all}");
}

#[tokio::test]
async fn nothing_secret_is_ever_shown() {
    let home = Home::new();
    let keyring = home.open().await;
    let jan = keyring.pseudonyms(&[person("jan jansen")]).await.unwrap();
    let part = part("text", &jan, "jan jansen");
    let sealed = keyring.seal(&PLACE, std::slice::from_ref(&part)).await.unwrap();
    let opened = keyring.open_sealed(&PLACE, &sealed).await.unwrap();
    let master = std::fs::read_to_string(home.0.path().join("master.key")).unwrap();
    for shown in [format!("{part:?}"), format!("{opened:?}"), format!("{keyring:?}")] {
        let bytes = format!("{:?}", b"jan jansen".as_slice());
        assert!(!shown.contains("jansen") && !shown.contains(bytes.trim_matches(['[', ']'])), "{shown}");
        assert!(!shown.contains(master.trim()));
    }
}

/// The values were worked out apart from this program, in Python, from the text of the modules: they pin the
/// derivations and the encoding for ever.
#[tokio::test]
async fn an_envelope_of_the_first_version_opens_for_ever() {
    let home = Home::new();
    let keyring = home.open().await;
    let subjects = keyring.pseudonyms(&[person("jan"), person("piet")]).await.unwrap();
    let parts = [part("name", &subjects[..1], "Jan"), part("text", &subjects, "ruzie")];
    let sealed = keyring.seal(&PLACE, &parts).await.unwrap();
    let master = std::fs::read_to_string(home.0.path().join("master.key")).unwrap();
    assert_eq!(
        (master.trim(), data_encoding::HEXLOWER.encode(&sealed.bytes).as_str()),
        (
            "c15c0289ec2d0a9167ec8e65a18debbe5e5532fbeea293f80bc942ee9086c171",
            "010002046e616d65010000000013bc1936bf7da38fb869aa02a21118dab0f3396e047465787402000100000015703fc93a4b5f830eba70638702e7475ab3bdf9a028"
        )
    );
}
