//! Real reports and maps, which stand beside the checkout and are never copied into it.

use std::path::{Path, PathBuf};

/// A file below `../shared/data`, or `None` with a loud word where that folder is absent.
#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
pub fn shared(file: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(file);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {file} is not there; this test needs the shared data beside the checkout");
    None
}
