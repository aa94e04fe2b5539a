//! Faults in how terms are counted.

use super::Fault;

const CALENDAR: &str = "services/domain/src/calendar.rs";

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "a holiday is ignored",
        harm: "a case left with a desk that is closed on Easter Monday climbs a day too soon",
        file: "services/domain/src/calendar/holidays.rs",
        before: "        (from_easter(1), Holiday::EasterMonday),\n",
        after: "",
        package: "seinhuis-domain",
        target: "calendar_against_a_minute_walker",
        test: "every_day_has_the_end_the_walker_finds_for_every_term_in_days",
    },
    Fault {
        name: "working days are counted as calendar days",
        harm: "a case reported on Friday climbs before anybody has been in the office for the days it was given",
        file: CALENDAR,
        before: "Unit::WorkingDays => zone::end_of(days::date(working_days::count(day, count)?)?),",
        after: "Unit::WorkingDays => zone::end_of(days::date(day + count)?),",
        package: "seinhuis-domain",
        target: "calendar_against_a_minute_walker",
        test: "every_day_has_the_end_the_walker_finds_for_every_term_in_days",
    },
    Fault {
        name: "the hour that comes twice is doubled",
        harm: "a term of hours over the end of summer time ends an hour late, and in spring an hour early",
        file: CALENDAR,
        before: "Unit::Hours => zone::later(start, SignedDuration::from_hours(count)),",
        after: "Unit::Hours => zone::instant(zone::local(start).saturating_add(SignedDuration::from_hours(count))),",
        package: "seinhuis-domain",
        target: "lib",
        test: "elapsed_hours_are_counted_on_the_line_of_instants",
    },
    Fault {
        name: "each rung takes a day too long",
        harm: "what was reached at the end of Tuesday is counted from Wednesday: every rung later than was agreed",
        file: "services/domain/src/ladder/plan.rs",
        before: "if term.is_in_days() && ends_a_day { moment_before } else { from }",
        after: "if term.is_in_days() && ends_a_day && false { moment_before } else { from }",
        package: "seinhuis-domain",
        target: "lib",
        test: "inv7_a_rung_reached_at_the_end_of_tuesday_is_counted_from_tuesday",
    },
];
