//! Every invariant claimed in `docs/ARCHITECTURE.md` has the tests it names.
//!
//! The claims are the rows of a table: `| INV-1 | what holds | where it is guarded, with test names in backticks |`.

use std::collections::BTreeSet;

use super::tree::{File, Tree};

const CLAIMS: &str = "docs/ARCHITECTURE.md";

/// How many tests and files are claimed, and every claim that nothing in the tree stands for. No document, no claims.
pub(super) fn check(tree: &Tree) -> (usize, Vec<String>) {
    let Some(document) = tree.file(CLAIMS) else { return (0, vec![]) };
    let tests = tests_of(tree);
    let claims = document.text.lines().filter_map(claim).collect::<Vec<_>>();
    let mut breaches = Vec::new();
    for (invariant, names) in &claims {
        let missing = names.iter().filter(|name| !stands(tree, &tests, name));
        breaches.extend(
            missing.map(|name| format!("{CLAIMS}: {invariant} names `{name}`, and there is no such test")),
        );
    }
    (claims.iter().map(|(_, names)| names.len()).sum(), breaches)
}

/// A row that names an invariant first, and what its last cell has in backticks.
fn claim(line: &str) -> Option<(&str, Vec<&str>)> {
    let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let (first, rest) = row.split_once('|')?;
    let invariant = first.trim().trim_matches(['*', '`', ' ']);
    let number = invariant.strip_prefix("INV-")?;
    if number.is_empty() || !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let last = rest.rsplit('|').next().unwrap_or_default();
    // Text between backticks is every second piece, from the second on.
    Some((invariant, last.split('`').skip(1).step_by(2).collect()))
}

fn stands(tree: &Tree, tests: &BTreeSet<&str>, name: &str) -> bool {
    if name.contains('/') {
        return tree.file(name).is_some();
    }
    tests.contains(name.rsplit("::").next().unwrap_or(name))
}

fn tests_of(tree: &Tree) -> BTreeSet<&str> {
    let rust = tree.rust().flat_map(rust_tests);
    let python = tree.files.iter().filter(|file| file.path.ends_with(".py")).flat_map(python_tests);
    rust.chain(python).collect()
}

fn rust_tests(file: &File) -> impl Iterator<Item = &str> {
    let mut marked = false;
    file.text.lines().filter_map(move |line| {
        let line = line.trim_start();
        if line.starts_with("#[") {
            // `#[test]`, `#[tokio::test(…)]` and their like.
            marked |= line.starts_with("#[test") || line.contains("::test");
            return None;
        }
        if line.starts_with("//") {
            return None;
        }
        let was_marked = std::mem::take(&mut marked);
        let name = name_after(line.trim_start_matches("pub ").trim_start_matches("async "), "fn ")?;
        was_marked.then_some(name)
    })
}

fn python_tests(file: &File) -> impl Iterator<Item = &str> {
    file.text
        .lines()
        .filter_map(|line| name_after(line.trim_start(), "def "))
        .filter(|name| name.starts_with("test_"))
}

fn name_after<'line>(line: &'line str, word: &str) -> Option<&'line str> {
    line.strip_prefix(word)?.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

#[cfg(test)]
mod specs {
    use super::*;

    const TESTS: &str = "#[test]\nfn a_kept_promise() {}\n\n#[tokio::test(flavor = \"multi_thread\")]\n// Slow.\nasync fn \
                         a_slow_promise() {}\n\nfn no_test_at_all() {}\n";

    fn checked(claims: &str) -> (usize, Vec<String>) {
        let file = |path: &str, text: &str| File { path: path.into(), text: text.into() };
        let python = "class T:\n    def test_from_python(self):\n        pass\n";
        check(&Tree {
            files: vec![file(CLAIMS, claims), file("tests/e2e/a.rs", TESTS), file("tests/b.py", python)],
        })
    }

    #[test]
    fn a_claim_with_its_test_holds() {
        let claims = "| invariant | what | test |\n|---|---|---|\n| INV-1 | Durable. | `a_kept_promise` |\n\
                      | **INV-2** | Dense. | `e2e::a_slow_promise`, `test_from_python` in `tests/e2e/a.rs` |\n";
        assert_eq!(checked(claims), (4, vec![]));
    }

    #[test]
    fn a_claim_without_its_test_is_a_breach() {
        for broken in ["a_broken_promise", "no_test_at_all", "tests/e2e/missing.rs", "a_kept"] {
            let (_, said) = checked(&format!("| INV-7 | One fact. | `{broken}` |\n"));
            assert_eq!(said.len(), 1, "{broken}: {said:?}");
            assert!(said[0].contains("INV-7") && said[0].contains(broken), "{said:?}");
        }
    }

    #[test]
    fn only_rows_about_an_invariant_are_claims() {
        let others = "INV-1 is told in `prose`\n| part | has | `code` |\n| INV-x | none | `code` |\n";
        assert_eq!(checked(others), (0, vec![]));
        assert_eq!(check(&Tree::default()), (0, vec![]));
    }
}
