//! What happened in a period, beside the period before.

use seinhuis_contract::proto::history::v1::{Clock, Flow, Period, Score};
use seinhuis_domain::kind::Kind;

use crate::beside::{Both, percent, side_by_side};
use crate::commands::print;
use crate::say;

/// Prints it.
pub(super) fn show(period: &Period) {
    let clock = match period.clock() {
        Clock::Unspecified | Clock::Recorded => "as recorded",
        Clock::Occurred => "signals as they happened",
    };
    let [before, from, until] =
        [&period.before_from, &period.from, &period.until].map(|at| print::moment(at.as_ref()));
    say!("{from} to {until}, {clock}, log positions {} to {}", period.after_position + 1, period.position);
    say!("before: {before} to {from}\n");
    let (now, before) = (period.flow.clone().unwrap_or_default(), period.before.clone().unwrap_or_default());
    let rows: Vec<_> = counts(&now, &before).into_iter().map(|(what, both)| row(&what, both)).collect();
    print::table(&["what", "now", "before", "change"], &rows);
    if !period.scorecard.is_empty() {
        say!();
        let heading = ["partner", "agreement", "agreed", "kept", "late", "passed on", "waiting", "reached"];
        print::table(&heading, &period.scorecard.iter().map(score).collect::<Vec<_>>());
    }
}

/// Everything counted in either, in the order in which it is asked after: what came in, what was done, what came back.
fn counts(now: &Flow, before: &Flow) -> Vec<(String, Both)> {
    let mut all = vec![("signals".to_owned(), (now.signals, before.signals))];
    let by = |name: fn(&Flow) -> Vec<(String, u64)>| side_by_side(name(now), name(before));
    all.extend(by(|flow| {
        flow.by_channel.iter().map(|c| (format!("channel {}", print::or_dash(&c.channel)), c.count)).collect()
    }));
    all.extend(by(|flow| {
        flow.by_partner.iter().map(|c| (format!("partner {}", c.partner), c.count)).collect()
    }));
    all.extend(by(|flow| {
        let named = |code: &str| Kind::from_code(code).map_or("-", Kind::dutch);
        flow.by_kind.iter().map(|c| (format!("{} ({})", c.kind, named(&c.kind)), c.count)).collect()
    }));
    all.extend(by(|flow| flow.steps.iter().map(|s| (step(s.step().as_str_name(), s), s.count)).collect()));
    all.extend(by(|flow| {
        let repeated = |class: &str| format!("{} with more than one signal", class.to_lowercase());
        let class = |name: &'static str| name.trim_start_matches("SUBJECT_CLASS_");
        flow.repeats.iter().map(|r| (repeated(class(r.subject_class().as_str_name())), r.subjects)).collect()
    }));
    all
}

fn step(name: &str, counted: &seinhuis_contract::proto::history::v1::StepCount) -> String {
    let rung = print::word(counted.rung().as_str_name());
    let what = format!("cases {}", print::word(name).replace('_', " "));
    if rung == "unspecified" { what } else { format!("{what} to {rung}") }
}

fn row(what: &str, both: Both) -> Vec<String> {
    let change = percent(both).map_or_else(|| "-".to_owned(), |percent| format!("{percent:+}%"));
    vec![what.to_owned(), both.0.to_string(), both.1.to_string(), change]
}

fn score(score: &Score) -> Vec<String> {
    let reached = match (score.percent, score.met) {
        (Some(percent), Some(met)) => format!("{percent}% {}", if met { "met" } else { "NOT met" }),
        _ => "-".to_owned(),
    };
    let counts = [score.kept, score.late, score.passed_on, score.waiting].map(|count| count.to_string());
    let agreed = format!("{}% in {}", score.agreed_percent, score.pick_up);
    let named = [score.partner.clone(), score.agreement.clone(), agreed];
    named.into_iter().chain(counts).chain([reached]).collect()
}

#[cfg(test)]
mod specs {
    use super::*;
    use seinhuis_contract::proto::history::v1::PartnerCount;

    #[test]
    fn what_was_counted_in_one_of_the_two_stands_beside_nothing() {
        let of = |partner: &str, count| Flow {
            signals: count,
            by_partner: vec![PartnerCount { partner: partner.into(), count }],
            ..Flow::default()
        };
        let rows: Vec<_> =
            counts(&of("wonion", 3), &of("politie", 4)).iter().map(|(what, both)| row(what, *both)).collect();
        let seen: Vec<_> = rows.iter().map(|row| row.join(" ")).collect();
        assert_eq!(seen, ["signals 3 4 -25%", "partner politie 0 4 -100%", "partner wonion 3 0 -"]);
    }
}
