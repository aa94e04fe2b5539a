//! What the end-to-end tests share.

use std::path::PathBuf;

/// A folder of this test package.
pub(crate) fn own(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The Python with the packages the tests need: the one the test command prepared.
#[expect(clippy::disallowed_methods, reason = "tests are told where the Python is")]
pub(crate) fn python() -> Option<PathBuf> {
    let named = std::env::var("SEINHUIS_PYTHON").ok().map(PathBuf::from);
    if named.is_none() {
        eprintln!("SKIPPED: SEINHUIS_PYTHON is not set; run the tests through `cargo xtask test`");
    }
    named
}
