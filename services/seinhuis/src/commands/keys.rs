//! `seinhuis keys rotate|check`: another master key, and whether every key opens.

use std::path::PathBuf;

use seinhuis_eventstore::keyring::{rotate, take_inventory};
use seinhuis_runtime::Entropy;

use super::print;
use crate::cli::Surroundings;
use crate::say;
use crate::store::{Folder, KeyPlace};

/// Rotates and checks keys.
#[derive(Debug, clap::Subcommand)]
pub enum KeysCommand {
    /// Wraps every key anew under another master key, while the hub serves. Cut short, it goes on when run again.
    Rotate {
        /// The file of the new master key; made when there is none. It takes the place of the present one.
        #[arg(long)]
        new: PathBuf,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Opens every key and changes nothing.
    Check {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command: 0 when all is sound, 1 when a key doesn't open.
pub async fn run(command: KeysCommand, around: &Surroundings) -> anyhow::Result<u8> {
    let place = Folder::prepare(&around.config.data.folder)?.keys(&around.config.keys);
    match command {
        KeysCommand::Rotate { new, json } => rotate_to(&place, &new, json).await.map(|()| 0),
        KeysCommand::Check { json } => check(&place, json).await,
    }
}

async fn rotate_to(place: &KeyPlace, new: &std::path::Path, json: bool) -> anyhow::Result<()> {
    let told = |keys| {
        if !json {
            say!("{keys} keys wrapped anew");
        }
    };
    let done = rotate(&place.at, &place.master, new, &Entropy::os(), told).await?;
    if json {
        print::json(&serde_json::json!({
            "master": done.to.to_string(),
            "rewrapped": done.rewrapped,
            "retired": done.retired,
        }));
        return Ok(());
    }
    say!("the master key is {}, in {}", done.to, place.master.display());
    if let Some(retired) = &done.retired {
        say!("the old one lies in {}: destroy it with the last backup that needs it", retired.display());
    }
    Ok(())
}

async fn check(place: &KeyPlace, json: bool) -> anyhow::Result<u8> {
    let found = take_inventory(&place.at, &place.master, &Entropy::os()).await?;
    if json {
        let masters = found.masters.iter().map(
            |(id, keys, held)| serde_json::json!({ "master": id.to_string(), "keys": keys, "at_hand": held }),
        );
        print::json(&serde_json::json!({
            "sound": found.is_sound(),
            "masters": masters.collect::<Vec<_>>(),
            "broken": found.broken,
        }));
    } else {
        for (id, keys, held) in &found.masters {
            say!("master key {id}: {keys} keys{}", if *held { "" } else { ", and it is MISSING" });
        }
        if found.masters.len() > 1 {
            say!("a rotation is under way: run `seinhuis keys rotate` again to end it");
        }
        found.broken.iter().for_each(|subject| say!("  FOUND the key of {subject} doesn't open"));
        say!("{}", if found.is_sound() { "sound" } else { "NOT sound" });
    }
    Ok(u8::from(!found.is_sound()))
}
