//! `cargo xtask planted`: faults of the ladder, planted one at a time in a copy of the tree, each of which its tests must find.
//!
//! A fault is one change in one file. That each still fits the tree, and that its tests are there, is one of the rules; that
//! the tests go red takes a build for each, and is for the night.

mod catch;
mod list;
mod report;

use anyhow::bail;
use clap::Args;

use self::list::Fault;
use self::report::{Row, Verdict};
use crate::rules::tree::Tree;
use crate::scratch::Scratch;
use crate::workspace::Workspace;

/// Which of them.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// Only the faults whose name contains this, or one of several with a comma between.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// Every fault that doesn't fit the tree any more.
pub(crate) fn check(tree: &Tree) -> Vec<String> {
    list::all().flat_map(|fault| list::check(fault, tree)).collect()
}

/// Plants each fault and has its tests run. Without any, all of them must pass.
///
/// # Errors
/// When a fault doesn't fit the tree, the tests fail without one, or a fault is not found.
pub(crate) fn run(workspace: &Workspace, choice: &Choice) -> anyhow::Result<()> {
    let tree = Tree::read(workspace)?;
    let unfit = check(&tree);
    if !unfit.is_empty() {
        bail!("the tree has changed\n{}", unfit.join("\n"));
    }
    let chosen: Vec<&Fault> = list::all().filter(|fault| fault.is_chosen(&choice.only)).collect();
    if chosen.is_empty() {
        bail!("no fault is called that");
    }
    let scratch = Scratch::of(workspace, &tree, "planted")?;
    catch::nothing(&scratch, &chosen)?;
    let mut rows = Vec::new();
    for fault in chosen {
        let row = report::timed(fault, || catch::planted(&scratch, fault))?;
        eprintln!("{row}");
        rows.push(row);
    }
    conclude(&rows)
}

fn conclude(rows: &[Row]) -> anyhow::Result<()> {
    println!();
    rows.iter().for_each(|row| println!("{row}"));
    let missed: Vec<&str> =
        rows.iter().filter(|row| row.verdict != Verdict::Caught).map(|row| row.name).collect();
    println!("{} of {} planted faults were caught", rows.len() - missed.len(), rows.len());
    if !missed.is_empty() {
        bail!("not caught: {}", missed.join(", "));
    }
    Ok(())
}
