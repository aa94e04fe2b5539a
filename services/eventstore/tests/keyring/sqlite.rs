//! SQLite keeps the contract, and leaves nothing of an erased subject in its files.

use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt;

use seinhuis_domain::ids::SubjectId;
use seinhuis_eventstore::keyring::{Erasure, Known};

use crate::contract::{PLACE, contents, part, person, plain};
use crate::home::Home;

crate::run_contract! { Home::sqlite() }

/// How many of `canaries`, 16 bytes each, stand in any file of the folder, as bytes or as hexadecimal digits.
fn found(home: &Home, canaries: &[Vec<u8>]) -> usize {
    let window = |bytes: &[u8]| <[u8; 16]>::try_from(bytes).unwrap();
    let mut windows: HashSet<[u8; 16]> = HashSet::new();
    for entry in std::fs::read_dir(home.file("")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        windows.extend(bytes.windows(16).map(window));
    }
    let hex = |canary: &[u8]| window(&data_encoding::HEXLOWER.encode(canary).as_bytes()[..16]);
    let stands = |canary: &&Vec<u8>| windows.contains(&window(canary)) || windows.contains(&hex(canary));
    canaries.iter().filter(stands).count()
}

#[tokio::test]
async fn no_file_ever_holds_an_identifier_and_after_erasing_none_holds_its_hash_or_key() {
    let home = Home::sqlite();
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
    assert_eq!(found(&home, &pieces), pieces.len(), "the scan finds what is there");
    assert_eq!(found(&home, &[canary.as_bytes().to_vec()]), 0);

    for subject in &subjects {
        assert_eq!(keyring.erase(*subject).await.unwrap(), Erasure::Done);
    }
    assert_eq!(found(&home, &pieces), 0, "while open");
    keyring.close().await;
    assert_eq!(found(&home, &pieces), 0, "after closing");
    let tombstones: Vec<_> = subjects.iter().map(|subject| subject.0.as_bytes().to_vec()).collect();
    assert_eq!(found(&home, &tombstones), tombstones.len(), "the tombstones stay");
}

/// Reads (token, wrapped key) of a subject around the key store.
async fn secrets(home: &Home, subject: SubjectId) -> Vec<Vec<u8>> {
    use sqlx::{ConnectOptions, Row};
    let path = home.at();
    let mut around = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let query = "SELECT token, wrapped FROM subject WHERE id = ?";
    let row = sqlx::query(query).bind(subject.0.as_bytes().to_vec()).fetch_one(&mut around).await.unwrap();
    vec![row.get(0), row.get(1)]
}

/// A store as the first version of the program made it. The envelope was worked out apart from it, in Python, from the
/// text of the modules: it pins the derivations and the encoding for ever.
async fn first_version(home: &Home) {
    use sqlx::ConnectOptions;
    std::fs::write(home.master(), "c15c0289ec2d0a9167ec8e65a18debbe5e5532fbeea293f80bc942ee9086c171\n")
        .unwrap();
    std::fs::set_permissions(home.master(), PermissionsExt::from_mode(0o600)).unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(home.at()).create_if_missing(true);
    let made = "
        CREATE TABLE subject (
          id      BLOB    PRIMARY KEY CHECK (length(id) = 16),
          kind    INTEGER NOT NULL,
          token   BLOB    NOT NULL UNIQUE CHECK (length(token) = 32),
          wrapped BLOB    NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE erased (
          id BLOB PRIMARY KEY CHECK (length(id) = 16)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE master (
          one   INTEGER PRIMARY KEY CHECK (one = 1),
          check_value BLOB NOT NULL CHECK (length(check_value) = 32)
        ) STRICT;
        INSERT INTO master VALUES (1, x'5ae6aa88ab013e9019f9f71992fe4842157f763394759bf20b94dc99060ab98d');
        INSERT INTO subject VALUES
          (x'c05daa4b8acf46748aa2d790d641b387', 1,
           x'ac28a1462821370bc6879f11dc28dbf5e113714c420738fd170ca15f5ec61dd8',
           x'01ee89af30963784ae0865ef734ad14e741ed6019d473281069297ef858100b938a4f3fd49d7366b23d9e42eaf38a29ac379522aa69cab6de3b2650127'),
          (x'b9b501d1d8544b7180021590ff0b4dc3', 1,
           x'7451601c6877f9aefd019ebdb269bc497ba8f544dc8d41759091ec1348a25f89',
           x'01614f560177dc7567fe8bcf14315cb55089bec7cd298c5901b2780d89c23e1a75bb4bb6aeca8523410e87ab95110c31ab3e3c2d1e01ba97024e37fd0b');
        PRAGMA application_id = 1397049675;
        PRAGMA user_version = 1;
    ";
    let mut around = options.connect().await.unwrap();
    sqlx::raw_sql(made).execute(&mut around).await.unwrap();
}

const FIRST_ENVELOPE: &str = "010002046e616d65010000000013bc1936bf7da38fb869aa02a21118dab0f3396e0474657874020001000000\
                              15703fc93a4b5f830eba70638702e7475ab3bdf9a028";

#[tokio::test]
async fn a_store_and_an_envelope_of_the_first_version_open_for_ever() {
    let home = Home::sqlite();
    first_version(&home).await;
    let keyring = home.open().await;
    let subjects = keyring.pseudonyms(&[person("jan"), person("piet")]).await.unwrap();
    let told: Vec<_> = subjects.iter().map(|subject| subject.0.simple().to_string()).collect();
    assert_eq!(told, ["c05daa4b8acf46748aa2d790d641b387", "b9b501d1d8544b7180021590ff0b4dc3"]);
    let parts = [part("name", &subjects[..1], "Jan"), part("text", &subjects, "ruzie")];
    let sealed = keyring.seal(&PLACE, &parts).await.unwrap();
    assert_eq!(data_encoding::HEXLOWER.encode(&sealed.bytes), FIRST_ENVELOPE);
    assert_eq!(contents(&keyring, &sealed).await, [plain("Jan"), plain("ruzie")]);
    let more = keyring.pseudonyms(&[person("jan"), person("klaas")]).await.unwrap();
    assert_eq!(more[0], subjects[0]);
    assert_eq!(keyring.known(more[1]).await.unwrap(), Known::Active);
}

#[tokio::test]
async fn the_files_are_for_their_owner_only() {
    let home = Home::sqlite();
    home.open().await.close().await;
    for file in ["master.key", "keys.sqlite"] {
        let rights = std::fs::metadata(home.file(file)).unwrap().permissions().mode();
        assert_eq!(rights & 0o777, 0o600, "{file}");
    }
}
