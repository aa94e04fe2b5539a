//! The data folder, and what SQLite says of its files.

use std::collections::BTreeSet;

use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Holds, Kept, Need, Seen};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "files", id: "folder", looks_at: "nobody else can look into the data folder", needs: &[Need::Files], judge: folder },
    Check { group: "files", id: "rights", looks_at: "nobody else can read its files", needs: &[Need::Files], judge: rights },
    Check { group: "files", id: "owner", looks_at: "all of them belong to one user", needs: &[Need::Files], judge: owner },
    Check { group: "files", id: "secrets", looks_at: "files of secrets are there, and only their owner can read them", needs: &[Need::Files], judge: secrets },
    Check { group: "sqlite", id: "journal", looks_at: "files journal ahead of writing (WAL)", needs: &[Need::Files], judge: journal },
    Check { group: "sqlite", id: "damage", looks_at: "the pages of log, keys and proof book hang together", needs: &[Need::Files], judge: damage },
    Check { group: "sqlite", id: "views-damage", looks_at: "the pages of the read models hang together", needs: &[Need::Files], judge: views_damage },
    Check { group: "sqlite", id: "wal", looks_at: "no write-ahead log has grown", needs: &[Need::Files], judge: wal },
];

/// A write-ahead log is cut back to 64 MiB; one that grows on is kept from it by somebody.
const WAL: u64 = 256 << 20;

fn folder(facts: &Facts) -> Judgement {
    let rights = facts.files.get()?.folder_rights;
    if rights & 0o077 != 0 {
        return Judged::warning(format!("its rights are {rights:o}"), "chmod 700 the data folder");
    }
    Judged::ok("only its owner can")
}

fn rights(facts: &Facts) -> Judgement {
    match facts.files.get()?.open.as_slice() {
        [] => Judged::ok("only their owner can"),
        open => Judged::warning(format!("others can read {}", open.join(", ")), "chmod 600 these files"),
    }
}

fn owner(facts: &Facts) -> Judgement {
    let owners = &facts.files.get()?.owners;
    let users: BTreeSet<u32> = owners.iter().map(|(_, user)| *user).collect();
    let of_folder = owners.first().map_or(0, |(_, user)| *user);
    match owners.iter().find(|(_, user)| *user != of_folder) {
        Some((name, user)) => Judged::warning(
            format!("{name} belongs to user {user}, the folder to {of_folder}"),
            "chown them to the hub's user; a command was run as somebody else",
        ),
        None => {
            Judged::ok(format!("they belong to {}", users.iter().map(u32::to_string).collect::<String>()))
        }
    }
}

fn secrets(facts: &Facts) -> Judgement {
    let secrets = &facts.files.get()?.secrets;
    let bad = |rights: u32| rights & 0o077 != 0;
    // The hub makes these two itself where they are missing; whether they should be there is the business of others.
    let made = |what: &str| what == "the master key" || what == "the signing key";
    for secret in secrets {
        let (what, path) = (&secret.what, secret.path.display());
        match secret.rights {
            None if !made(what) => {
                return Judged::failure(format!("{what}: {path} isn't there"), "put the file in its place");
            }
            Some(rights) if bad(rights) && made(what) => {
                return Judged::failure(
                    format!("{what}: others can read {path} ({rights:o})"),
                    "chmod 600 the file, and think about another key: the hub refuses this one",
                );
            }
            Some(rights) if bad(rights) => {
                return Judged::warning(
                    format!("{what}: others can read {path} ({rights:o})"),
                    "chmod 600 the file",
                );
            }
            _ => {}
        }
    }
    Judged::ok(format!("{} of them", secrets.iter().filter(|secret| secret.rights.is_some()).count()))
}

/// The files of SQLite, if there are any.
fn kept(facts: &Facts) -> Result<&[Kept], Skipped> {
    match facts.files.get()?.kept.as_slice() {
        [] => Err(Skipped("there are no files of SQLite yet".to_owned())),
        kept => Ok(kept),
    }
}

fn journal(facts: &Facts) -> Judgement {
    let kept = kept(facts)?;
    let other = kept.iter().find_map(|kept| {
        let file = kept.file.get().ok()?;
        (file.journal != "wal").then_some((&kept.name, &file.journal))
    });
    match other {
        Some((name, journal)) => Judged::warning(
            format!("{name} has the journal {journal}"),
            "start the hub: it sets WAL again. Whatever changed it should keep away from the file",
        ),
        None => Judged::ok(format!("{} files do", kept.len())),
    }
}

fn damage(facts: &Facts) -> Judgement {
    damaged(
        facts,
        Holds::Truth,
        "stop the hub, keep the files, and restore a backup; `seinhuis verify` tells more",
    )
}

fn views_damage(facts: &Facts) -> Judgement {
    damaged(
        facts,
        Holds::Views,
        "stop the hub and take the file away: read models are made again from the log",
    )
}

fn damaged(facts: &Facts, holds: Holds, remedy: &'static str) -> Judgement {
    let (mut looked, mut large) = (0, Vec::new());
    for kept in kept(facts)?.iter().filter(|kept| kept.holds == holds) {
        match &kept.file {
            Seen::There(file) => match file.damage.as_deref() {
                Some([]) => looked += 1,
                Some([first, ..]) => {
                    return Judged::failure(format!("{}: {}", kept.name, first.replace('\n', " ")), remedy);
                }
                None => large.push(kept.name.as_str()),
            },
            Seen::Fault(why) => return Judged::failure(format!("{}: {why}", kept.name), remedy),
            Seen::Nothing(_) => {}
        }
    }
    match (looked, large.as_slice()) {
        (0, []) => Skipped::because("there are none of them yet"),
        (0, large) => Skipped::because(format!("too large to go through in passing: {}", large.join(", "))),
        (looked, []) => Judged::ok(format!("{looked} files were gone through")),
        (looked, large) => {
            Judged::ok(format!("{looked} files were gone through, and not {}", large.join(", ")))
        }
    }
}

fn wal(facts: &Facts) -> Judgement {
    let grown = kept(facts)?.iter().max_by_key(|kept| kept.wal);
    match grown {
        Some(kept) if kept.wal > WAL => Judged::warning(
            format!("that of {} has {} MiB", kept.name, kept.wal >> 20),
            "end whoever reads the file for hours (`fuser FILE`); a backup under way ends by itself",
        ),
        _ => Judged::ok("none is larger than it should be"),
    }
}
