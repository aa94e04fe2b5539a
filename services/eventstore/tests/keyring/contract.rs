//! The contract of the key store, written once: each backend runs the same text in a home of its own.

use std::os::unix::fs::PermissionsExt;

use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::sealed::Sealed;
use seinhuis_eventstore::Fault;
use seinhuis_eventstore::keyring::{
    Content, Erasure, Identifier, IdentifierKind, Keyring, Known, Part, Place, SealError,
};

use crate::home::Home;

pub(crate) const PLACE: Place<'_> = Place { event: "signal.reported", stream: "signal-7", version: 1 };

/// Runs every test of the contract in the home that `$make` gives.
#[macro_export]
macro_rules! run_contract {
    ($make:expr; $($module:ident: $($test:ident)+;)+) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::$module::$test(&$make).await;
            }
        )+)+
    };
    ($make:expr) => {
        $crate::run_contract! { $make;
            contract:
                the_same_identifier_meets_the_same_pseudonym_also_after_reopening
                one_identifier_twice_in_one_question_is_one_subject
                callers_at_the_same_moment_agree_on_every_pseudonym
                what_is_sealed_opens_at_its_own_place_and_nowhere_else
                equal_content_for_one_place_gives_equal_bytes_and_other_content_does_not
                a_changed_byte_anywhere_in_an_envelope_keeps_it_shut
                an_erased_subject_takes_along_what_it_shared_and_leaves_the_rest
                a_subject_nobody_knows_is_said_to_be_unknown
                parts_that_fit_no_envelope_are_refused
                an_erasure_by_another_process_counts_from_the_moment_it_is_done
                the_keys_open_under_their_own_master_key_only
                nothing_secret_is_ever_shown;
        }
    };
}

pub(crate) fn person(value: &str) -> Identifier {
    Identifier::new(IdentifierKind::Person, value)
}

pub(crate) fn part<'a>(label: &'a str, keys: &[SubjectId], text: &str) -> Part<'a> {
    Part { label, keys: keys.to_vec(), plaintext: text.as_bytes().to_vec().into() }
}

pub(crate) fn plain(text: &str) -> Content {
    Content::Plain(text.as_bytes().to_vec().into())
}

pub(crate) async fn contents(keyring: &Keyring, sealed: &Sealed) -> Vec<Content> {
    keyring.open_sealed(&PLACE, sealed).await.unwrap().into_iter().map(|opened| opened.content).collect()
}

pub(crate) async fn the_same_identifier_meets_the_same_pseudonym_also_after_reopening(home: &Home) {
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

pub(crate) async fn one_identifier_twice_in_one_question_is_one_subject(home: &Home) {
    let keyring = home.open().await;
    let both = keyring.pseudonyms(&[person("a"), person("b"), person("a")]).await.unwrap();
    assert!(both[0] == both[2] && both[0] != both[1]);
    assert_eq!(keyring.pseudonyms(&[]).await.unwrap(), []);
}

pub(crate) async fn callers_at_the_same_moment_agree_on_every_pseudonym(home: &Home) {
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

pub(crate) async fn what_is_sealed_opens_at_its_own_place_and_nowhere_else(home: &Home) {
    let keyring = home.open().await;
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
pub(crate) async fn equal_content_for_one_place_gives_equal_bytes_and_other_content_does_not(home: &Home) {
    let keyring = home.open().await;
    let subjects = keyring.pseudonyms(&[person("jan")]).await.unwrap();
    let seal = async |place, text| keyring.seal(&place, &[part("text", &subjects, text)]).await.unwrap();
    let once = seal(PLACE, "geluidsoverlast").await;
    assert_eq!(once, seal(PLACE, "geluidsoverlast").await);
    assert_ne!(once, seal(PLACE, "geluidsoverlasT").await);
    assert_ne!(once, seal(Place { stream: "signal-8", ..PLACE }, "geluidsoverlast").await);
}

pub(crate) async fn a_changed_byte_anywhere_in_an_envelope_keeps_it_shut(home: &Home) {
    let keyring = home.open().await;
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

pub(crate) async fn an_erased_subject_takes_along_what_it_shared_and_leaves_the_rest(home: &Home) {
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

pub(crate) async fn a_subject_nobody_knows_is_said_to_be_unknown(home: &Home) {
    let keyring = home.open().await;
    let nobody = SubjectId("0b8f2a34-6a1e-4a53-9d2c-5c4a3b2a1908".parse().unwrap());
    assert_eq!(keyring.known(nobody).await.unwrap(), Known::Unknown);
    assert_eq!(keyring.erase(nobody).await.unwrap(), Erasure::Unknown);
    let sealed = keyring.seal(&PLACE, &[part("text", &[nobody], "x")]).await;
    assert!(matches!(sealed, Err(SealError::Fault(Fault::UnknownSubject { .. }))), "{sealed:?}");
}

pub(crate) async fn parts_that_fit_no_envelope_are_refused(home: &Home) {
    let keyring = home.open().await;
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

/// Also when the other process has the keys in its memory: what it would seal with them nobody could open.
pub(crate) async fn an_erasure_by_another_process_counts_from_the_moment_it_is_done(home: &Home) {
    let (server, command) = (home.open().await, home.try_open(2).await.unwrap());
    for round in 0..20 {
        let who = person(&format!("person {round}"));
        let jan = server.pseudonyms(std::slice::from_ref(&who)).await.unwrap()[0];
        let parts = [part("text", &[jan], "x")];
        let sealed = server.seal(&PLACE, &parts).await.unwrap();
        assert_eq!(command.erase(jan).await.unwrap(), Erasure::Done);
        let late = server.seal(&PLACE, &parts).await;
        assert!(matches!(late, Err(SealError::Erased { subject }) if subject == jan), "{round}: {late:?}");
        assert_eq!(contents(&server, &sealed).await, [Content::Erased { subject: jan }]);
        assert_ne!(server.pseudonyms(&[who]).await.unwrap()[0], jan);
    }
}

pub(crate) async fn the_keys_open_under_their_own_master_key_only(home: &Home) {
    let keyring = home.open().await;
    let jan = keyring.pseudonyms(&[person("jan")]).await.unwrap();
    keyring.close().await;
    let master = home.master();
    let right = std::fs::read(&master).unwrap();
    let private = |path: &std::path::Path| std::fs::set_permissions(path, PermissionsExt::from_mode(0o600));

    std::fs::remove_file(&master).unwrap();
    let gone = home.try_open(3).await.unwrap_err();
    assert!(matches!(&gone, Fault::MasterKey { .. }), "{gone}");
    assert!(!master.exists(), "no new one is made in its stead");

    std::fs::write(&master, "0".repeat(64)).unwrap();
    private(&master).unwrap();
    let wrong = home.try_open(3).await.unwrap_err();
    let Fault::WrongMasterKey { given, needed, .. } = &wrong else { panic!("{wrong}") };
    assert!(given.len() == 1 && needed.len() == 1 && given != needed, "{wrong}");
    let said = format!("is {}, and the key store is under {}", given[0], needed[0]);
    assert!(wrong.to_string().ends_with(&said), "{wrong}");

    std::fs::write(&master, right).unwrap();
    assert_eq!(home.try_open(3).await.unwrap().known(jan[0]).await.unwrap(), Known::Active);
    std::fs::set_permissions(&master, PermissionsExt::from_mode(0o644)).unwrap();
    let open_to_all = home.try_open(3).await.unwrap_err();
    assert!(open_to_all.to_string().contains("chmod 600"), "{open_to_all}");
}

pub(crate) async fn nothing_secret_is_ever_shown(home: &Home) {
    let keyring = home.open().await;
    let jan = keyring.pseudonyms(&[person("jan jansen")]).await.unwrap();
    let part = part("text", &jan, "jan jansen");
    let sealed = keyring.seal(&PLACE, std::slice::from_ref(&part)).await.unwrap();
    let opened = keyring.open_sealed(&PLACE, &sealed).await.unwrap();
    let master = std::fs::read_to_string(home.master()).unwrap();
    for shown in [format!("{part:?}"), format!("{opened:?}"), format!("{keyring:?}")] {
        let bytes = format!("{:?}", b"jan jansen".as_slice());
        assert!(!shown.contains("jansen") && !shown.contains(bytes.trim_matches(['[', ']'])), "{shown}");
        assert!(!shown.contains(master.trim()));
    }
}
