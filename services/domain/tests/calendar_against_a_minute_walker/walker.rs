//! A second calendar, slow and plain: it walks day by day and minute by minute over printed holidays.
//!
//! It shares nothing with the calendar it checks: no table, no Easter, no time zone library. Days are counted
//! on from Sunday 1 January 2023; summer time runs between the last Sundays of March and October, 01:00 UTC
//! (directive 2000/84/EC).

/// Every recognised or decreed holiday, copied by hand from the printed calendars.
const HOLIDAYS: [(i32, &[(u32, u32)]); 7] = [
    (
        2023,
        &[(1, 1), (4, 7), (4, 10), (4, 27), (4, 28), (5, 5), (5, 18), (5, 19), (5, 29), (12, 25), (12, 26)],
    ),
    (
        2024,
        &[(1, 1), (3, 29), (4, 1), (4, 27), (5, 5), (5, 9), (5, 10), (5, 20), (12, 25), (12, 26), (12, 27)],
    ),
    (2025, &[(1, 1), (4, 18), (4, 21), (4, 26), (5, 5), (5, 29), (5, 30), (6, 9), (12, 25), (12, 26)]),
    (2026, &[(1, 1), (1, 2), (4, 3), (4, 6), (4, 27), (5, 5), (5, 14), (5, 15), (5, 25), (12, 25), (12, 26)]),
    (2027, &[(1, 1), (3, 26), (3, 29), (4, 27), (5, 5), (5, 6), (5, 7), (5, 17), (12, 25), (12, 26)]),
    (
        2028,
        &[(1, 1), (4, 14), (4, 17), (4, 27), (4, 28), (5, 5), (5, 25), (5, 26), (6, 5), (12, 25), (12, 26)],
    ),
    (2029, &[(1, 1), (3, 30), (4, 2), (4, 27), (5, 5), (5, 10), (5, 21), (12, 25), (12, 26)]),
];

/// 2022-12-31T23:00Z, midnight in Amsterdam, in minutes since 1970.
const FIRST_MINUTE: i64 = 1_672_531_200 / 60 - 60;

pub(crate) struct Day {
    pub(crate) year: i32,
    pub(crate) month: u32,
    pub(crate) day: u32,
    pub(crate) free: bool,
    /// The minute (index) at which it begins.
    pub(crate) begins: usize,
}

#[derive(Clone, Copy)]
pub(crate) struct Minute {
    /// The day (index) it belongs to.
    pub(crate) day: usize,
    /// What the clock shows, in minutes since midnight.
    pub(crate) clock: i64,
    /// Hours ahead of UTC.
    pub(crate) offset: i64,
}

pub(crate) struct Walker {
    pub(crate) days: Vec<Day>,
    pub(crate) minutes: Vec<Minute>,
}

impl Walker {
    /// From 1 January 2023 to the end of 2029.
    pub(crate) fn new() -> Self {
        let mut days = Vec::new();
        let mut minutes = Vec::new();
        let (mut year, mut month, mut day, mut weekday) = (2023, 1, 1, 7);
        while year < 2030 {
            let listed =
                HOLIDAYS.iter().find(|(y, _)| *y == year).is_some_and(|(_, h)| h.contains(&(month, day)));
            days.push(Day { year, month, day, free: weekday > 5 || listed, begins: minutes.len() });
            let last_sunday = weekday == 7 && day + 7 > length(year, month);
            // The hours of the day as the clock shows them, with the offset that each is shown in.
            let hours: Vec<(i64, i64)> = match (month, last_sunday) {
                (3, true) => [(0, 1), (1, 1)].into_iter().chain((3..24).map(|h| (h, 2))).collect(),
                (10, true) => [(0, 2), (1, 2), (2, 2)].into_iter().chain((2..24).map(|h| (h, 1))).collect(),
                _ => (0..24).map(|h| (h, if summer(year, month, day, weekday) { 2 } else { 1 })).collect(),
            };
            for (hour, offset) in hours {
                let of = days.len() - 1;
                minutes.extend((0..60).map(|m| Minute { day: of, clock: hour * 60 + m, offset }));
            }
            weekday = weekday % 7 + 1;
            day += 1;
            if day > length(year, month) {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        Self { days, minutes }
    }

    /// The instant, in seconds since 1970.
    pub(crate) fn epoch_seconds(&self, minute: usize) -> i64 {
        (FIRST_MINUTE + minute as i64) * 60
    }

    /// RFC 3339 with the offset.
    pub(crate) fn written(&self, minute: usize) -> String {
        format!("{}:00+{:02}:00", self.shown(minute), self.minutes[minute].offset)
    }

    /// What the clock shows, without its offset.
    pub(crate) fn shown(&self, minute: usize) -> String {
        let Minute { day, clock, .. } = self.minutes[minute];
        let Day { year, month, day, .. } = self.days[day];
        format!("{year}-{month:02}-{day:02}T{:02}:{:02}", clock / 60, clock % 60)
    }

    /// The instant at which a day is over.
    pub(crate) fn end_of(&self, day: usize) -> usize {
        self.days[day + 1].begins
    }

    pub(crate) fn working_days(&self, start: usize, count: usize) -> usize {
        let (mut day, mut left) = (start, count);
        while left > 0 {
            day += 1;
            left -= usize::from(!self.days[day].free);
        }
        day
    }

    /// The text of the law, tried day after day until both articles are content.
    pub(crate) fn statutory(&self, start: usize, days: usize, beyond_article_4: bool) -> usize {
        let mut last = start + days;
        let content = |last: usize| {
            let ends_well = !self.days[last].free;
            let holds = (start + 1..=last).filter(|day| !self.days[*day].free).count();
            ends_well && (days < 3 || holds >= 2)
        };
        while !beyond_article_4 && !content(last) {
            last += 1;
        }
        last
    }

    /// Is the office open during this minute?
    pub(crate) fn open(&self, minute: usize, opens: i64, closes: i64) -> bool {
        let Minute { day, clock, .. } = self.minutes[minute];
        !self.days[day].free && (opens..closes).contains(&clock)
    }

    pub(crate) fn working_minutes(&self, start: usize, count: i64, opens: i64, closes: i64) -> usize {
        let (mut minute, mut left) = (start, count);
        while left > 0 {
            left -= i64::from(self.open(minute, opens, closes));
            minute += 1;
        }
        minute
    }
}

fn length(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Is this day, which is not one on which the clock changes, in summer time?
fn summer(year: i32, month: u32, day: u32, weekday: u32) -> bool {
    // The Sunday on or before this day; it decides in March and October.
    let sunday = i64::from(day) - i64::from(weekday % 7);
    let past_last_sunday = sunday + 7 > i64::from(length(year, month));
    match month {
        4..=9 => true,
        3 => past_last_sunday,
        10 => !past_last_sunday,
        _ => false,
    }
}
