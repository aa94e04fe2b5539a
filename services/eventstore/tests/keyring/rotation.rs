//! The contract of a rotation: nothing is lost, nothing waits, and it can end anywhere and go on.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::sealed::Sealed;
use seinhuis_eventstore::Fault;
use seinhuis_eventstore::keyring::{Content, Keyring, Known, Rotation, SealError, rotate, take_inventory};
use seinhuis_runtime::Entropy;

use crate::contract::{PLACE, contents, part, person, plain};
use crate::home::Home;

/// A store with enough keys for several pages, one erased, and something sealed under two of them.
struct Filled {
    subjects: Vec<SubjectId>,
    sealed: Sealed,
}

const PERSONS: usize = 1_200;

async fn fill(home: &Home) -> Filled {
    let keyring = home.open().await;
    let asked: Vec<_> = (0..PERSONS).map(|n| person(&format!("person {n}"))).collect();
    let subjects = keyring.pseudonyms(&asked).await.unwrap();
    let parts = [part("one", &subjects[..1], "van een"), part("gone", &subjects[1..3], "van twee")];
    let sealed = keyring.seal(&PLACE, &parts).await.unwrap();
    keyring.erase(subjects[2]).await.unwrap();
    keyring.close().await;
    Filled { subjects, sealed }
}

impl Filled {
    /// Everything is as it was filled.
    async fn is_whole(&self, keyring: &Keyring) {
        let opened = contents(keyring, &self.sealed).await;
        assert_eq!(opened, [plain("van een"), Content::Erased { subject: self.subjects[2] }]);
        let asked: Vec<_> =
            (0..PERSONS).filter(|n| *n != 2).map(|n| person(&format!("person {n}"))).collect();
        let mut expected = self.subjects.clone();
        expected.remove(2);
        assert_eq!(keyring.pseudonyms(&asked).await.unwrap(), expected);
        for subject in expected {
            assert_eq!(keyring.known(subject).await.unwrap(), Known::Active);
        }
    }
}

async fn rotate_to(home: &Home, new: &str, progress: impl FnMut(u64)) -> Result<Rotation, Fault> {
    rotate(home.at(), &home.master(), &home.file(new), &Entropy::seeded(77), progress).await
}

async fn ids(home: &Home) -> Vec<String> {
    let found = take_inventory(home.at(), &home.master(), &Entropy::seeded(78)).await.unwrap();
    assert!(found.is_sound());
    found.masters.iter().map(|(id, ..)| id.to_string()).collect()
}

pub(crate) async fn a_rotation_loses_no_key_and_changes_no_pseudonym(home: &Home) {
    let filled = fill(home).await;
    let before = ids(home).await;
    let done = rotate_to(home, "new.key", |_| {}).await.unwrap();
    assert_eq!(done.rewrapped, PERSONS as u64 - 1);
    assert_eq!(ids(home).await, [done.to.to_string()]);
    filled.is_whole(&home.open().await).await;
    let retired = home.file(&format!("master.key.retired-{}", before[0]));
    assert_eq!(done.retired, Some(retired.clone()));
    assert_eq!(
        std::fs::read(home.master()).unwrap(),
        std::fs::read(home.file("new.key")).unwrap(),
        "the new key has taken the old one's place"
    );
    // Again is nothing; back to the old key is refused nowhere, but it opens nothing by itself.
    let again = rotate_to(home, "new.key", |_| {}).await.unwrap();
    assert_eq!((again.rewrapped, again.retired), (0, None));
    std::fs::copy(retired, home.master()).unwrap();
    let old = home.try_open(9).await.unwrap_err();
    let Fault::WrongMasterKey { given, needed, .. } = old else { panic!("{old}") };
    assert_eq!((given[0].to_string(), needed.to_vec()), (before[0].clone(), vec![done.to]));
}

/// Cut off after each page in turn, also the last one: what is under way opens, and beginning again ends it.
pub(crate) async fn a_rotation_cut_off_anywhere_goes_on_where_it_was(home: &Home) {
    let filled = fill(home).await;
    let path: Arc<(String, PathBuf, PathBuf)> =
        Arc::new((home.at().to_owned(), home.master(), home.file("new.key")));
    let mut cuts = 0;
    loop {
        let path = Arc::clone(&path);
        let crashed = tokio::spawn(async move {
            let crash = |_| panic!("cut off after a page");
            rotate(&path.0, &path.1, &path.2, &Entropy::seeded(80 + cuts), crash).await
        });
        match crashed.await {
            Ok(done) => {
                assert_eq!(done.unwrap().rewrapped, 0);
                break;
            }
            Err(_) => cuts += 1,
        }
        assert_eq!(ids(home).await.len(), 2, "both count");
        filled.is_whole(&home.open().await).await;
    }
    assert_eq!(cuts, 3, "one for each page");
    assert_eq!(ids(home).await.len(), 1);
    filled.is_whole(&home.open().await).await;
}

pub(crate) async fn a_store_that_is_open_goes_on_while_its_master_key_is_rotated(home: &Home) {
    let filled = fill(home).await;
    let hub = home.open().await;
    let done = Arc::new(AtomicBool::new(false));
    let busy = {
        let (hub, done, subjects) = (hub.clone(), Arc::clone(&done), filled.subjects.clone());
        tokio::spawn(async move {
            let mut rounds = 0;
            while !done.load(Ordering::Relaxed) || rounds < 20 {
                let new = hub.pseudonyms(&[person(&format!("new {rounds}"))]).await.unwrap()[0];
                let old = subjects[3 + rounds % 1_000];
                hub.seal(&PLACE, &[part("both", &[old, new], "x")]).await.unwrap();
                rounds += 1;
            }
            rounds
        })
    };
    for new in ["second.key", "third.key"] {
        rotate_to(home, new, |_| {}).await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    let rounds = busy.await.unwrap();
    hub.close().await;
    let found = take_inventory(home.at(), &home.master(), &Entropy::seeded(3)).await.unwrap();
    assert!(found.is_sound());
    assert_eq!(found.masters.len(), 1);
    assert_eq!(found.masters[0].1, (PERSONS - 1 + rounds) as u64, "every key is under the third");
    filled.is_whole(&home.open().await).await;
}

/// As on another machine, where nobody has put the new key yet.
pub(crate) async fn a_store_without_the_new_key_names_it_and_goes_on_once_it_is_there(home: &Home) {
    let filled = fill(home).await;
    let elsewhere = home.file("elsewhere.key");
    std::fs::copy(home.master(), &elsewhere).unwrap();
    let hub = Keyring::open(home.at(), &elsewhere, Entropy::seeded(5)).await.unwrap();
    let path: Arc<(String, PathBuf, PathBuf)> =
        Arc::new((home.at().to_owned(), home.master(), home.file("new.key")));
    let cut = tokio::spawn(async move {
        rotate(&path.0, &path.1, &path.2, &Entropy::seeded(6), |_| panic!("cut off")).await
    });
    assert!(cut.await.is_err());

    let mut sorted = filled.subjects.clone();
    sorted.sort_unstable();
    let (first, last) = (sorted[0], sorted[PERSONS - 1]);
    let old = hub.seal(&PLACE, &[part("text", &[last], "x")]).await;
    assert!(old.is_ok(), "what is under the old key still opens: {old:?}");
    let new = hub.seal(&PLACE, &[part("text", &[first], "x")]).await;
    let Err(SealError::Fault(Fault::MissingMasterKey { id, .. })) = new else { panic!("{new:?}") };
    assert!(hub.pseudonyms(&[person("new one")]).await.is_ok(), "and both keys take new subjects");

    let done = rotate_to(home, "new.key", |_| {}).await.unwrap();
    assert_eq!(id, done.to);
    let none = hub.seal(&PLACE, &[part("text", &[last], "x")]).await;
    let Err(SealError::Fault(Fault::WrongMasterKey { needed, .. })) = none else { panic!("{none:?}") };
    assert_eq!(needed[..], [done.to]);
    let refused = hub.pseudonyms(&[person("another")]).await;
    assert!(matches!(refused, Err(Fault::WrongMasterKey { .. })), "{refused:?}");

    std::fs::copy(home.master(), home.file("elsewhere.key.next")).unwrap();
    filled.is_whole(&hub).await;
}

pub(crate) async fn a_second_rotation_waits_for_the_first_to_end(home: &Home) {
    fill(home).await;
    let path: Arc<(String, PathBuf, PathBuf)> =
        Arc::new((home.at().to_owned(), home.master(), home.file("new.key")));
    let cut = tokio::spawn(async move {
        rotate(&path.0, &path.1, &path.2, &Entropy::seeded(6), |_| panic!("cut off")).await
    });
    assert!(cut.await.is_err());
    let other = rotate_to(home, "other.key", |_| {}).await;
    let Err(Fault::RotationUnderWay { to }) = other else { panic!("{other:?}") };
    assert_eq!(rotate_to(home, "new.key", |_| {}).await.unwrap().to, to);
    assert!(rotate_to(home, "other.key", |_| {}).await.is_ok());
}
