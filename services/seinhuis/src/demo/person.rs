//! People who do not exist: names from a short list and citizen numbers that pass the check but are not issued.

use super::draw::Draw;

/// Somebody a signal can be about.
#[derive(Debug, Clone)]
pub struct Person {
    /// A citizen number that passes the eleven-test.
    pub bsn: String,
    /// A name.
    pub name: String,
}

const FIRST: [&str; 12] =
    ["Anna", "Bram", "Carla", "Daan", "Els", "Fatima", "Gerrit", "Hanna", "Ivo", "Jamila", "Kees", "Lotte"];
const LAST: [&str; 12] = [
    "van Aalten",
    "Berendsen",
    "Jansen",
    "te Kaat",
    "Lubbers",
    "Massop",
    "Nieland",
    "Overbeek",
    "Peters",
    "Rougoor",
    "Sessink",
    "Wolters",
];

/// Draws so many people.
pub fn town(people: usize, draw: &mut Draw) -> Vec<Person> {
    (0..people).map(|_| person(draw)).collect()
}

/// Draws a person. Numbers that begin with 999 are not given to residents.
fn person(draw: &mut Draw) -> Person {
    let name = format!("{} {}", draw.one_of(&FIRST), draw.one_of(&LAST));
    loop {
        let eight: Vec<u32> = [9, 9, 9]
            .into_iter()
            .chain((0..5).map(|_| u32::try_from(draw.below(10)).unwrap_or_default()))
            .collect();
        // Eleven-test: 9a + 8b + … + 2h - i is a multiple of 11.
        let sum: u32 = eight.iter().zip((2..=9).rev()).map(|(digit, weight)| digit * weight).sum();
        let last = sum % 11;
        if last < 10 {
            let digits = eight.iter().chain([&last]).map(ToString::to_string);
            return Person { bsn: digits.collect(), name };
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn every_number_passes_the_eleven_test() {
        let mut draw = Draw::seeded(1);
        for _ in 0..200 {
            let bsn = person(&mut draw).bsn;
            let digits: Vec<i64> = bsn.bytes().map(|b| i64::from(b - b'0')).collect();
            let sum: i64 = digits.iter().zip([9, 8, 7, 6, 5, 4, 3, 2, -1]).map(|(d, w)| d * w).sum();
            assert_eq!((bsn.len(), sum % 11), (9, 0), "{bsn}");
        }
    }
}
