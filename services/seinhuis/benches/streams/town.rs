//! The municipality: Lelystad, with as many neighbourhoods as its map has; and who watches which part of it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use seinhuis_domain::area::{Area, AreaCode, AreaLevel};
use seinhuis_domain::profile::Profile;

/// The profile.
pub(crate) const PROFILE: &str = "lelystad";
/// Neighbourhoods, as on the map of 2017.
const NEIGHBOURHOODS: usize = 139;
/// Of a thousand who watch, so many watch all of it, a working area, and a district. The others watch a neighbourhood.
const OF_A_THOUSAND: [(usize, AreaLevel); 3] =
    [(2, AreaLevel::Municipality), (8, AreaLevel::WorkingArea), (60, AreaLevel::District)];
/// One in so many takes nothing, once it has begun.
pub(crate) const STALLED: usize = 100;

/// Somebody who watches.
#[derive(Clone)]
pub(crate) struct Wish {
    /// Code of the area.
    pub(crate) area: String,
    /// Whether he takes what he is sent.
    pub(crate) reads: bool,
}

/// The areas, by size.
pub(crate) struct Town {
    profile: Profile,
    neighbourhoods: Vec<Area>,
}

impl Town {
    pub(crate) fn new(profile: Profile) -> anyhow::Result<Self> {
        let districts: Vec<_> = of(&profile, AreaLevel::District).collect();
        let neighbourhoods = (0..NEIGHBOURHOODS).map(|n| {
            let (district, nth) = (districts[n % districts.len()], n / districts.len());
            let code = format!("BU{}{nth:02}", district.as_str().trim_start_matches("WK"));
            Ok(Area {
                code: AreaCode::new(code)?,
                name: format!("Buurt {n}"),
                level: AreaLevel::Neighbourhood,
                parent: Some(district.clone()),
                shape: None,
            })
        });
        let neighbourhoods = neighbourhoods.collect::<anyhow::Result<_>>()?;
        Ok(Self { profile, neighbourhoods })
    }

    /// What signals are made from: all of them are about a neighbourhood.
    pub(crate) fn reported(&self) -> Profile {
        Profile { areas: self.neighbourhoods.clone(), ..self.profile.clone() }
    }

    /// Writes the map down as the office of statistics does.
    pub(crate) fn write(&self, folder: &Path) -> anyhow::Result<PathBuf> {
        let mut text = "level,code,name,parent\ngemeente,GM0995,Lelystad,\n".to_owned();
        for district in of(&self.profile, AreaLevel::District) {
            writeln!(text, "wijk,{district},{district},GM0995")?;
        }
        for Area { code, name, parent, .. } in &self.neighbourhoods {
            let parent = parent.as_ref().context("a neighbourhood lies in a district")?;
            writeln!(text, "buurt,{code},{name},{parent}")?;
        }
        let file = folder.join("map.csv");
        std::fs::write(&file, text)?;
        Ok(file)
    }

    /// So many who watch: every area of a level by as many as any other. Those who will take nothing watch all there is.
    pub(crate) fn wishes(&self, count: u32) -> Vec<Wish> {
        let all = |level| of(&self.profile, level).cloned().collect::<Vec<_>>();
        let smallest = self.neighbourhoods.iter().map(|area| area.code.clone()).collect();
        let mut given = OF_A_THOUSAND.map(|(share, level)| (share, all(level), 0)).to_vec();
        given.push((1_000, smallest, 0));
        let whole = all(AreaLevel::Municipality);
        let wish = |number: usize| {
            if number % STALLED == STALLED - 1 {
                return Wish { area: whole[0].to_string(), reads: false };
            }
            // Spread, so that each connection has some of each.
            let place = number * 7 % 1_000;
            let mut below = 0;
            let found = given.iter_mut().find(|(share, ..)| {
                below += share;
                place < below
            });
            let Some((_, areas, next)) = found else { unreachable!("the last share is all") };
            *next += 1;
            Wish { area: areas[*next % areas.len()].to_string(), reads: true }
        };
        (0..count as usize).map(wish).collect()
    }
}

fn of(profile: &Profile, level: AreaLevel) -> impl Iterator<Item = &AreaCode> {
    profile.areas.iter().filter(move |area| area.level == level).map(|area| &area.code)
}
