//! The settings and the profile that they name.

use crate::config::Origin;
use crate::doctor::check::{Check, Judged, Judgement};
use crate::doctor::facts::Facts;

pub(super) const CHECKS: &[Check] = &[
    Check {
        group: "settings",
        id: "valid",
        looks_at: "the settings keep their rules, and no key is unknown",
        needs: &[],
        judge: valid,
    },
    Check {
        group: "settings",
        id: "environment",
        looks_at: "which settings come from the environment",
        needs: &[],
        judge: environment,
    },
    Check {
        group: "settings",
        id: "rehearsal",
        looks_at: "time is the machine's",
        needs: &[],
        judge: rehearsal,
    },
    Check {
        group: "settings",
        id: "profile",
        looks_at: "the profile can be read and holds together",
        needs: &[],
        judge: profile,
    },
];

fn valid(facts: &Facts) -> Judgement {
    match facts.around.fault() {
        Some(why) => Judged::failure(why, "correct it; `seinhuis config` prints what holds"),
        None => Judged::ok("every setting keeps its rule"),
    }
}

fn environment(facts: &Facts) -> Judgement {
    let settings = &facts.around.get()?.effective.settings;
    let set = settings.iter().filter(|setting| matches!(setting.origin, Origin::Environment(_)));
    let keys: Vec<_> = set.map(|setting| setting.key.as_str()).collect();
    match keys.as_slice() {
        [] => Judged::ok("none comes from the environment"),
        keys => Judged::advice(
            format!("{} of them: {}", keys.len(), keys.join(", ")),
            "whoever starts a process without them gets another hub: put them into seinhuis.toml",
        ),
    }
}

fn rehearsal(facts: &Facts) -> Judgement {
    let clock = &facts.around.get()?.config.clock;
    if clock.is_rehearsal() {
        let remedy = "take clock.speed and clock.start away before real partners report";
        return Judged::warning(format!("a rehearsal: time runs {} times as fast", clock.speed), remedy);
    }
    Judged::ok("time is the machine's")
}

fn profile(facts: &Facts) -> Judgement {
    let config = &facts.around.get()?.config;
    match facts.profile.fault() {
        Some(why) => Judged::failure(why, "correct the profile; `seinhuis policy check` tells the same"),
        None => Judged::ok(format!("{} holds together", config.profile.name)),
    }
}
