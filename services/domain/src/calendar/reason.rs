//! One step on the way to a due instant, in a form that programs compare and people read.

use std::fmt;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{DayKind, Term, day_in_words_en as en, day_in_words_nl as nl};

/// Why a term is due when it is. `Display` is English, [`Reason::dutch`] is Dutch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Reason {
    /// Counting begins the day after the start.
    StartDayNotCounted {
        /// The day of the start.
        day: Date,
    },
    /// Plain counting of a statutory term, before any extension, ends here.
    CountEnds {
        /// The last day so counted.
        day: Date,
    },
    /// A day that is no working day.
    DayPassedOver {
        /// That day.
        day: Date,
        /// What it is instead.
        because: DayKind,
    },
    /// More such days, too many to list.
    MoreDaysPassedOver {
        /// How many.
        days: u32,
        /// Up to which day.
        until: Date,
    },
    /// Art. 1 Atw: a term does not end on a Saturday, Sunday or holiday.
    Article1 {
        /// Where it would have ended.
        from: Date,
        /// Where it ends instead.
        to: Date,
    },
    /// Art. 2 Atw: a term of three days or more holds two days that are no Saturday, Sunday or holiday.
    Article2 {
        /// Where it would have ended.
        from: Date,
        /// Where it ends instead.
        to: Date,
    },
    /// Art. 4 Atw: the term is too long for the law to extend it.
    Article4 {
        /// That term.
        term: Term,
    },
    /// Only open hours on working days count.
    OpenHoursCount {
        /// When the office opens.
        opens: Time,
        /// When it closes.
        closes: Time,
    },
    /// The office was closed at the start: counting begins when it opens.
    BeginsAtOpening {
        /// On which day.
        day: Date,
        /// At what time.
        opens: Time,
    },
    /// The count is full exactly when the office closes, and is due then.
    FullAtClosing {
        /// On which day.
        day: Date,
        /// At what time.
        closes: Time,
    },
    /// Every hour counts, day and night.
    ElapsedHours {
        /// How many.
        hours: u32,
    },
    /// Between start and due the clock is set, so their offsets differ.
    ClockChange {
        /// When it was last set.
        day: Date,
        /// Forward, as in spring, or back, as in autumn.
        forward: bool,
    },
    /// The Crown has not decreed on this year, or the table does not hold it: a day may still be equalled.
    YearWithoutDecree {
        /// That year.
        year: i16,
    },
    /// Due at the end of this day.
    EndOfDay {
        /// The last day of the term.
        day: Date,
    },
}

impl Reason {
    /// The reason as officials and residents read it.
    pub fn dutch(&self) -> String {
        match self {
            Self::StartDayNotCounted { day } => format!("de dag van aanvang telt niet mee: {}", nl(*day)),
            Self::CountEnds { day } => format!("zonder verlenging is de laatste dag {}", nl(*day)),
            Self::DayPassedOver { day, because } => {
                format!("overgeslagen: {} ({})", nl(*day), kind_nl(*because))
            }
            Self::MoreDaysPassedOver { days, until } => {
                format!("ook overgeslagen: {days} andere dagen, tot {}", nl(*until))
            }
            Self::Article1 { from, to } => {
                let (from, to) = (nl(*from), nl(*to));
                format!(
                    "art. 1 Algemene termijnenwet: {from} is een zaterdag, zondag of feestdag, verlengd tot en met {to}"
                )
            }
            Self::Article2 { from, to } => {
                let (from, to) = (nl(*from), nl(*to));
                format!(
                    "art. 2 Algemene termijnenwet: tot en met {from} zijn er geen twee dagen die geen zaterdag, zondag of feestdag zijn, verlengd tot en met {to}"
                )
            }
            Self::Article4 { term } => format!(
                "art. 4 Algemene termijnenwet: {term} is meer dan negentig dagen of twaalf weken, dus geen verlenging"
            ),
            Self::OpenHoursCount { opens, closes } => format!(
                "alleen kantooruren op werkdagen tellen, van {} tot {} uur",
                clock(*opens, '.'),
                clock(*closes, '.')
            ),
            Self::BeginsAtOpening { day, opens } => {
                format!(
                    "het kantoor was gesloten: de termijn begint {} om {} uur",
                    nl(*day),
                    clock(*opens, '.')
                )
            }
            Self::FullAtClosing { day, closes } => {
                format!("de uren zijn om bij sluiting, {} om {} uur", nl(*day), clock(*closes, '.'))
            }
            Self::ElapsedHours { hours: 1 } => "één uur, dag en nacht geteld".to_owned(),
            Self::ElapsedHours { hours } => format!("{hours} uren, dag en nacht geteld"),
            Self::ClockChange { day, forward } => {
                let way = if *forward { "vooruit" } else { "terug" };
                format!("de klok gaat een uur {way} op {}", nl(*day))
            }
            Self::YearWithoutDecree { year } => {
                format!("voor {year} zijn hier geen bij besluit gelijkgestelde dagen bekend")
            }
            Self::EndOfDay { day } => format!("de termijn loopt tot het einde van {}, 24.00 uur", nl(*day)),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StartDayNotCounted { day } => write!(f, "the starting day does not count: {}", en(*day)),
            Self::CountEnds { day } => write!(f, "without extension the last day is {}", en(*day)),
            Self::DayPassedOver { day, because } => {
                write!(f, "passed over: {} ({})", en(*day), kind_en(*because))
            }
            Self::MoreDaysPassedOver { days, until } => {
                write!(f, "also passed over: {days} other days, until {}", en(*until))
            }
            Self::Article1 { from, to } => {
                let (from, to) = (en(*from), en(*to));
                write!(
                    f,
                    "art. 1 Algemene termijnenwet: {from} is a Saturday, Sunday or holiday, extended to and including {to}"
                )
            }
            Self::Article2 { from, to } => {
                let (from, to) = (en(*from), en(*to));
                write!(
                    f,
                    "art. 2 Algemene termijnenwet: up to and including {from} there are no two days that are no Saturday, Sunday or holiday, extended to and including {to}"
                )
            }
            Self::Article4 { term } => write!(
                f,
                "art. 4 Algemene termijnenwet: {term} is more than ninety days or twelve weeks, so not extended"
            ),
            Self::OpenHoursCount { opens, closes } => write!(
                f,
                "only office hours on working days count, from {} to {}",
                clock(*opens, ':'),
                clock(*closes, ':')
            ),
            Self::BeginsAtOpening { day, opens } => {
                write!(f, "the office was closed: the term begins {} at {}", en(*day), clock(*opens, ':'))
            }
            Self::FullAtClosing { day, closes } => {
                write!(f, "the hours are full at closing, {} at {}", en(*day), clock(*closes, ':'))
            }
            Self::ElapsedHours { hours: 1 } => f.write_str("one hour, counted day and night"),
            Self::ElapsedHours { hours } => write!(f, "{hours} hours, counted day and night"),
            Self::ClockChange { day, forward } => {
                let way = if *forward { "forward" } else { "back" };
                write!(f, "the clock goes an hour {way} on {}", en(*day))
            }
            Self::YearWithoutDecree { year } => {
                write!(f, "no days equalled by decree are known here for {year}")
            }
            Self::EndOfDay { day } => write!(f, "the term runs to the end of {}, 24:00", en(*day)),
        }
    }
}

fn clock(time: Time, separator: char) -> String {
    format!("{:02}{separator}{:02}", time.hour(), time.minute())
}

fn kind_nl(kind: DayKind) -> &'static str {
    match kind {
        DayKind::Working => "werkdag",
        DayKind::Weekend => "weekend",
        DayKind::Holiday(holiday) => holiday.dutch(),
    }
}

fn kind_en(kind: DayKind) -> String {
    match kind {
        DayKind::Working => "working day".to_owned(),
        DayKind::Weekend => "weekend".to_owned(),
        DayKind::Holiday(holiday) => holiday.to_string(),
    }
}

#[cfg(test)]
mod specs {
    use crate::calendar::{Calendar, Due, Reason, read_start};

    fn due(from: &str, term: &str) -> Due {
        Calendar::dutch().due(read_start(from).unwrap(), term.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_easter_term_explains_itself_in_dutch() {
        let told: Vec<_> = due("2026-04-02T10:00", "3sd").reasons.iter().map(|r| r.dutch()).collect();
        assert_eq!(
            told,
            [
                "de dag van aanvang telt niet mee: donderdag 2 april 2026",
                "zonder verlenging is de laatste dag zondag 5 april 2026",
                "overgeslagen: vrijdag 3 april 2026 (Goede Vrijdag)",
                "overgeslagen: zaterdag 4 april 2026 (weekend)",
                "overgeslagen: zondag 5 april 2026 (weekend)",
                "overgeslagen: maandag 6 april 2026 (tweede paasdag)",
                "art. 1 Algemene termijnenwet: zondag 5 april 2026 is een zaterdag, zondag of feestdag, verlengd tot en met dinsdag 7 april 2026",
                "art. 2 Algemene termijnenwet: tot en met dinsdag 7 april 2026 zijn er geen twee dagen die geen zaterdag, zondag of feestdag zijn, verlengd tot en met woensdag 8 april 2026",
                "de termijn loopt tot het einde van woensdag 8 april 2026, 24.00 uur",
            ]
        );
    }

    #[test]
    fn days_passed_over_say_in_english_what_they_are() {
        let passed = |reason: &Reason| matches!(reason, Reason::DayPassedOver { .. });
        let due = due("2026-04-02T10:00", "1wd");
        let told: Vec<_> =
            due.reasons.iter().filter(|reason| passed(reason)).map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "passed over: Friday 3 April 2026 (Good Friday)",
                "passed over: Saturday 4 April 2026 (weekend)",
                "passed over: Sunday 5 April 2026 (weekend)",
                "passed over: Monday 6 April 2026 (Easter Monday)",
            ]
        );
    }

    #[test]
    fn hours_over_a_clock_change_explain_themselves_in_english() {
        let told: Vec<_> = due("2026-03-28T12:00", "36h").reasons.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            ["36 hours, counted day and night", "the clock goes an hour forward on Sunday 29 March 2026"]
        );
    }

    #[test]
    fn reasons_survive_being_stored() {
        for (from, term) in [
            ("2026-04-02T10:00", "3sd"),
            ("2026-04-02", "91sd"),
            ("2026-05-01T18:00", "80wh"),
            ("2028-12-20", "9wd"),
        ] {
            let due = due(from, term);
            let json = serde_json::to_string(&due).unwrap();
            assert_eq!(serde_json::from_str::<Due>(&json).unwrap(), due, "{json}");
        }
    }
}
