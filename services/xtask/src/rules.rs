//! `cargo xtask rules`: what the compiler does not guard. Who may depend on whom, what a file may look like, and that
//! every invariant the architecture claims has the test it names. The planted faults still fit the tree.

mod edges;
mod proven;
mod sight;
mod tidy;
pub(crate) mod tree;

use anyhow::bail;

use self::tree::Tree;
use crate::gate::Outcome;
use crate::planted;
use crate::workspace::Workspace;

/// Checks all rules and prints every breach.
///
/// # Errors
/// When a rule is broken, or the tree cannot be read.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let tree = Tree::read(workspace)?;
    let (claims, unproven) = proven::check(&tree);
    let mut breaches = edges::check(&workspace.packages);
    breaches.extend(tidy::check(&tree));
    breaches.extend(unproven);
    breaches.extend(planted::check(&tree));
    if !breaches.is_empty() {
        bail!("{} broken\n{}", breaches.len(), breaches.join("\n"));
    }
    let edges: usize = workspace.packages.iter().map(|package| package.dependencies.len()).sum();
    Ok(Outcome::Passed(format!(
        "{edges} edges, {} files, {claims} claims of invariants hold",
        tree.files.len()
    )))
}
