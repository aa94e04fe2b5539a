//! Where the signals of a generated log come from.

use clap::ValueEnum;
use seinhuis_domain::area::{Area, AreaCode, AreaLevel};
use seinhuis_domain::example;
use seinhuis_domain::profile::Profile;

/// How large the hub is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Size {
    /// One municipality of 24 neighbourhoods, 300 signals a day.
    Pilot,
    /// As much as the whole country: 3,420 neighbourhoods, and four million signals a year.
    National,
}

impl Size {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pilot => "pilot",
            Self::National => "national",
        }
    }

    /// Signals a day.
    pub(crate) fn signals(self) -> f64 {
        match self {
            Self::Pilot => 300.0,
            Self::National => 4e6 / 365.0,
        }
    }

    /// People that signals are about.
    pub(crate) fn people(self) -> u128 {
        match self {
            Self::Pilot => 40_000,
            Self::National => 3_000_000,
        }
    }

    /// Districts, and neighbourhoods in each.
    fn parts(self) -> (usize, usize) {
        match self {
            Self::Pilot => (6, 4),
            Self::National => (342, 10),
        }
    }

    /// The example's policy, partners and people at work all over a map of this size, and its neighbourhoods.
    pub(crate) fn profile(self) -> (Profile, Vec<AreaCode>) {
        let (districts, each) = self.parts();
        let root = code("GM1509");
        let (mut profile, mut leaves) = (example::profile(), vec![]);
        let mut areas = vec![area(root.clone(), AreaLevel::Municipality, None)];
        for number in 0..districts {
            let district = code(&format!("WK1509{number:03}"));
            areas.push(area(district.clone(), AreaLevel::District, Some(root.clone())));
            for part in 0..each {
                let leaf = code(&format!("BU1509{number:03}{part:02}"));
                areas.push(area(leaf.clone(), AreaLevel::Neighbourhood, Some(district.clone())));
                leaves.push(leaf);
            }
        }
        profile.areas = areas;
        profile.people.iter_mut().for_each(|person| person.areas = vec![root.clone()]);
        profile.teams.iter_mut().for_each(|team| team.areas = vec![root.clone()]);
        (profile, leaves)
    }
}

fn area(code: AreaCode, level: AreaLevel, parent: Option<AreaCode>) -> Area {
    Area { name: code.as_str().to_owned(), code, level, parent, shape: None }
}

fn code(text: &str) -> AreaCode {
    AreaCode::new(text).unwrap()
}
