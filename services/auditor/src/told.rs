//! Who may be told of a rung at all: those who answer for it in the area or around it, and who stands in for them.

use std::collections::BTreeSet;

use seinhuis_domain::access::Role;
use seinhuis_domain::directory::Directory;
use seinhuis_domain::ids::PersonId;
use seinhuis_domain::ladder::Rung;
use seinhuis_domain::profile::Profile;

use crate::case::Followed;

/// Whether `person` may be told that `case` reached `rung`. Whether somebody nearer should have been is not asked.
pub(crate) fn may_be_told(directory: &Directory, case: &Followed, rung: Rung, person: &PersonId) -> bool {
    let Some((_, adopted)) = directory.in_force() else { return false };
    let profile = &adopted.profile;
    let named: Vec<&PersonId> = match rung {
        Rung::Workfloor => {
            let leads = profile.partners.iter().filter(|partner| Some(&partner.id) == case.lead.as_ref());
            leads.map(|partner| &partner.contact).collect()
        }
        Rung::Team => {
            let own = profile.teams.iter().filter(|team| Some(&team.id) == case.team.as_ref());
            own.map(|team| &team.coordinator).collect()
        }
        Rung::Regisseur => around(directory, profile, case, Role::Regisseur),
        Rung::College => around(directory, profile, case, Role::College),
    };
    let mut may: BTreeSet<&PersonId> = named.into_iter().chain(&profile.fallback).collect();
    // As many times as there are people is as far as deputies of deputies go.
    for _ in 0..profile.people.len() {
        let deputies = profile.people.iter().filter(|entry| may.contains(&entry.id));
        let deputies: Vec<&PersonId> = deputies.filter_map(|entry| entry.deputy.as_ref()).collect();
        let before = may.len();
        may.extend(deputies);
        if may.len() == before {
            break;
        }
    }
    may.contains(person)
}

fn around<'a>(directory: &Directory, profile: &'a Profile, case: &Followed, role: Role) -> Vec<&'a PersonId> {
    let covers = |area| directory.areas().lies_in(&case.area, area);
    let of_role = profile.people.iter().filter(|entry| entry.role == role);
    of_role.filter(|entry| entry.areas.iter().any(covers)).map(|entry| &entry.id).collect()
}
