//! What is odd about the policy, and whether it is the one that holds.

use seinhuis_domain::calendar::local_date;
use seinhuis_domain::profile::{Advice, advise};

use crate::doctor::check::{Check, Judged, Judgement, Skipped};
use crate::doctor::facts::{Facts, Need};

#[rustfmt::skip]
pub(super) const CHECKS: &[Check] = &[
    Check { group: "policy", id: "terms", looks_at: "every term of the ladder comes to something", needs: &[], judge: terms },
    Check { group: "policy", id: "teams", looks_at: "every area has people on every rung", needs: &[], judge: teams },
    Check { group: "policy", id: "deputies", looks_at: "somebody stands in for everybody who is away", needs: &[], judge: deputies },
    Check { group: "policy", id: "calendar", looks_at: "the days that are decreed to be free are known", needs: &[], judge: calendar },
    Check { group: "policy", id: "adopted", looks_at: "the profile is the one that holds", needs: &[Need::Directory], judge: adopted },
    Check { group: "policy", id: "municipality", looks_at: "the log is this municipality's", needs: &[Need::Directory], judge: municipality },
];

/// Of what is odd, that which `counts`.
fn odd(facts: &Facts, counts: fn(&Advice) -> bool, well: &str) -> Judgement {
    let found = advise(&facts.profile.get()?.profile, local_date(facts.now));
    let found: Vec<_> = found.iter().filter(|one| counts(one)).collect();
    match found.as_slice() {
        [] => Judged::ok(well),
        [first, rest @ ..] => {
            let more = if rest.is_empty() { String::new() } else { format!(" ({} more)", rest.len()) };
            Judged::warning(format!("{first}{more}"), first.remedy())
        }
    }
}

fn terms(facts: &Facts) -> Judgement {
    let counts = |one: &Advice| {
        matches!(
            one,
            Advice::TermNeverFirst { .. }
                | Advice::UrgentIsSlower { .. }
                | Advice::SilentAfterTheClimb { .. }
        )
    };
    odd(facts, counts, "every term comes to something")
}

fn teams(facts: &Facts) -> Judgement {
    odd(facts, |one| matches!(one, Advice::DeadTeamRung { .. }), "a team of each lane works in every area")
}

fn deputies(facts: &Facts) -> Judgement {
    let counts = |one: &Advice| matches!(one, Advice::NobodyOnDuty { .. } | Advice::DeputiesInARing { .. });
    odd(facts, counts, "somebody stands in for everybody who is away")
}

fn calendar(facts: &Facts) -> Judgement {
    odd(facts, |one| matches!(one, Advice::CalendarEnds { .. }), "decrees are known for as long as terms run")
}

fn adopted(facts: &Facts) -> Judgement {
    let (loaded, known) = (facts.profile.get()?, facts.directory.get()?);
    match known.directory.in_force() {
        None => Skipped::because("no profile was adopted yet"),
        Some((version, adopted)) if adopted.profile == loaded.profile => {
            Judged::ok(format!("it is version {version} of the log"))
        }
        Some((version, _)) => Judged::advice(
            format!("it is another one than version {version} of the log, which holds"),
            "it is adopted when the hub starts; `seinhuis policy what-if` tells what that changes",
        ),
    }
}

fn municipality(facts: &Facts) -> Judgement {
    let (loaded, known) = (facts.profile.get()?, facts.directory.get()?);
    match &known.adopted_first {
        None => Skipped::because("no profile was adopted yet"),
        Some(own) if *own == loaded.profile.name => Judged::ok(format!("it is the log of {own}")),
        Some(other) => Judged::failure(
            format!("it is the log of {other}, and the settings name {}", loaded.profile.name),
            "set profile.name, or data.folder and data.log_url: the hub doesn't start like this",
        ),
    }
}
