//! The faults: what each would mean for people, the change that makes it, and the test that finds it.

mod calendar;
mod climbing;
mod machines;
mod telling;

use crate::rules::tree::Tree;

/// A fault that the ladder could have.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// What it would mean for people.
    pub(crate) harm: &'static str,
    /// Where it is planted, from the root.
    pub(crate) file: &'static str,
    /// What stands there once, and what stands there instead.
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    /// The crate whose test must find it, the target (`lib`, or the name of an integration test) and the test.
    pub(crate) package: &'static str,
    pub(crate) target: &'static str,
    pub(crate) test: &'static str,
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Fault> {
    [calendar::FAULTS, climbing::FAULTS, telling::FAULTS, machines::FAULTS].into_iter().flatten()
}

impl Fault {
    pub(crate) fn is_chosen(&self, only: &[String]) -> bool {
        only.is_empty() || only.iter().any(|part| self.name.contains(part.as_str()))
    }
}

/// Why `fault` can't be planted in `tree`.
pub(crate) fn check(fault: &Fault, tree: &Tree) -> Option<String> {
    let Fault { name, file, before, test, .. } = fault;
    let times = tree.file(file).map_or(0, |file| file.text.matches(before).count());
    let opening = format!("fn {test}(");
    let tests = tree.rust().flat_map(|file| file.text.lines()).filter(|line| line.contains(&opening)).count();
    if times != 1 {
        Some(format!("planted fault {name:?}: what it changes stands {times} times in {file}, and not once"))
    } else if tests == 0 {
        Some(format!("planted fault {name:?}: there is no test {test}"))
    } else {
        None
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::rules::tree::File;

    const FAULT: Fault = Fault {
        name: "any",
        harm: "none",
        file: "a.rs",
        before: "one",
        after: "two",
        package: "a",
        target: "lib",
        test: "it_is_found",
    };

    fn said(text: &str) -> Option<String> {
        let file = |path: &str, text: &str| File { path: path.into(), text: text.into() };
        check(&FAULT, &Tree { files: vec![file("a.rs", text), file("b.rs", "fn it_is_found() {}")] })
    }

    #[test]
    fn what_a_fault_changes_must_stand_there_exactly_once() {
        assert_eq!(said("one and no more"), None);
        assert!(said("one or one").unwrap().contains("stands 2 times in a.rs"));
        assert!(said("two").unwrap().contains("stands 0 times in a.rs"));
    }

    #[test]
    fn its_test_must_be_there() {
        let lost = Fault { test: "it_is_lost", ..FAULT };
        let tree = Tree { files: vec![File { path: "a.rs".into(), text: "one".into() }] };
        assert!(check(&lost, &tree).unwrap().contains("there is no test it_is_lost"));
    }

    #[test]
    fn every_fault_changes_something_and_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = all().map(|fault| fault.name).collect();
        assert_eq!(names.len(), all().count());
        assert!(names.len() >= 20, "{}", names.len());
        assert!(all().all(|fault| fault.before != fault.after && !fault.harm.is_empty()));
    }
}
