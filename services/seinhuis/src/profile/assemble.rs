//! The six files into one profile and its contacts.

use seinhuis_domain::access::Role;
use seinhuis_domain::agreement::Agreement;
use seinhuis_domain::area::{Area, AreaCode};
use seinhuis_domain::calendar::{OfficeHours, QuietHours};
use seinhuis_domain::ids::PersonId;
use seinhuis_domain::policy::{Ladder, Matching, Policy, RoutingRule};
use seinhuis_domain::profile::{Absence, PartnerEntry, PersonEntry, Profile, Team};
use serde::Deserialize;

use super::Loaded;
use super::contacts::{Contact, Language, Way, Webhook, channels_fault, digest_fault, mail_fault};
use super::error::Broken;
use super::folder::{File, Text, Texts};
use super::read::{broken_at, read};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    name: String,
    title: String,
    #[serde(default)]
    office_hours: OfficeHours,
    ladder: Ladder,
    matching: Matching,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreasFile {
    areas: Vec<Area>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartnersFile {
    partners: Vec<PartnerEntry>,
    #[serde(default)]
    agreements: Vec<Agreement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamsFile {
    teams: Vec<Team>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeopleFile {
    fallback: Option<PersonId>,
    people: Vec<PersonRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoutingFile {
    routing: Vec<RoutingRule>,
}

/// A person as written: what the log may know and what it may not stand side by side, and part here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonRow {
    id: PersonId,
    name: String,
    mail: String,
    #[serde(default)]
    language: Language,
    role: Role,
    areas: Vec<AreaCode>,
    deputy: Option<PersonId>,
    #[serde(default)]
    absences: Vec<Absence>,
    #[serde(default)]
    quiet: Vec<QuietHours>,
    /// By the webhook and then by mail, where it isn't said and there is one.
    channels: Option<Vec<Way>>,
    webhook: Option<Webhook>,
    digest_minutes: Option<u16>,
}

impl PersonRow {
    fn ways(&self) -> Vec<Way> {
        let usual = || if self.webhook.is_some() { vec![Way::Webhook, Way::Mail] } else { vec![Way::Mail] };
        self.channels.clone().unwrap_or_else(usual)
    }
}

pub(super) fn assemble(texts: &Texts) -> Result<Loaded, Broken> {
    let head: ProfileFile = read(texts.of(File::Profile))?;
    let AreasFile { areas } = read(texts.of(File::Areas))?;
    let PartnersFile { partners, agreements } = read(texts.of(File::Partners))?;
    let TeamsFile { teams } = read(texts.of(File::Teams))?;
    let PeopleFile { fallback, people } = read(texts.of(File::People))?;
    let RoutingFile { routing } = read(texts.of(File::Routing))?;

    people.iter().try_for_each(|row| checked(texts.of(File::People), row))?;
    let (people, contacts): (Vec<_>, Vec<_>) = people.into_iter().map(parted).unzip();
    let ProfileFile { name, title, office_hours, ladder, matching } = head;
    let policy = Policy { office_hours, ladder, matching, routing };
    let profile = Profile { name, title, areas, partners, teams, people, policy, fallback, agreements };
    Ok(Loaded { profile, contacts: contacts.into_iter().collect() })
}

fn checked(file: &Text, row: &PersonRow) -> Result<(), Broken> {
    let at = |key: &str, rule: String| Err(broken_at(file, format!("people.{}.{key}", row.id), rule));
    if row.name.trim().is_empty() || row.name.contains(char::is_control) {
        return at("name", format!("{:?} is no name to write to", row.name));
    }
    if let Some(rule) = mail_fault(&row.mail) {
        return at("mail", rule);
    }
    if row.areas.is_empty() {
        return at("areas", "a right without an area is a right to nothing".into());
    }
    if let Some(rule) = channels_fault(&row.ways(), row.webhook.is_some()) {
        return at("channels", rule.into());
    }
    if let Some(rule) = row.digest_minutes.and_then(|minutes| digest_fault(minutes, &row.ways())) {
        return at("digest_minutes", rule);
    }
    match row.absences.iter().find(|away| away.until < away.from) {
        Some(away) => {
            at("absences", format!("from {} until {} ends before it begins", away.from, away.until))
        }
        None => Ok(()),
    }
}

fn parted(row: PersonRow) -> (PersonEntry, (PersonId, Contact)) {
    let channels = row.ways();
    let PersonRow {
        id,
        name,
        mail,
        language,
        role,
        areas,
        deputy,
        absences,
        quiet,
        webhook,
        digest_minutes,
        ..
    } = row;
    let entry = PersonEntry { id: id.clone(), role, areas, deputy, absences, quiet };
    (entry, (id, Contact { name, mail, language, channels, webhook, digest_minutes }))
}
