//! A municipality as configuration: its areas, partners, teams, people and policy, adopted into the log by version.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::agreement::Agreement;
use crate::area::{Area, AreaCode};
use crate::calendar::QuietHours;
use crate::fact::Fact;
use crate::ids::{PartnerId, PersonId, TeamId};
use crate::policy::Policy;
use crate::sector::{Lane, Sector};

mod advice;
mod check;

pub use advice::{Advice, advise};
pub use check::{ProfileFault, check};

/// Everything that makes one municipality differ from another. No code branches on a municipality.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Short name: `oude-ijsselstreek`.
    pub name: String,
    /// What people call the municipality.
    pub title: String,
    /// The areas the municipality itself names; imports add to them.
    pub areas: Vec<Area>,
    /// The organisations that report or lead.
    pub partners: Vec<PartnerEntry>,
    /// The teams on the second rung.
    pub teams: Vec<Team>,
    /// Who is told, and who may ask. Names and addresses are kept outside the log.
    pub people: Vec<PersonEntry>,
    /// Ladder, terms, matching, routing.
    pub policy: Policy,
    /// Who is told where nobody of a rung is on duty, nor a deputy. Absent: such a notice is held until somebody is back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<PersonId>,
    /// What was agreed with partners.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agreements: Vec<Agreement>,
}

/// One organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerEntry {
    /// Short name.
    pub id: PartnerId,
    /// What people call it.
    pub name: String,
    /// Its door.
    pub sector: Sector,
    /// Who is told on the workfloor.
    pub contact: PersonId,
}

/// One team on the second rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Short name.
    pub id: TeamId,
    /// What people call it.
    pub name: String,
    /// The half of a neighbourhood's life it works on.
    pub lane: Lane,
    /// Where it works.
    pub areas: Vec<AreaCode>,
    /// Who is told when a case reaches the team.
    pub coordinator: PersonId,
}

/// One official, by function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonEntry {
    /// Short name of the function: `regisseur-ulft`.
    pub id: PersonId,
    /// What he may do.
    pub role: Role,
    /// Where.
    pub areas: Vec<AreaCode>,
    /// Who is told instead while he is away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<PersonId>,
    /// When he is away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absences: Vec<Absence>,
    /// When he is not to be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet: Vec<QuietHours>,
}

/// Days away, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// First day away.
    pub from: Date,
    /// Last day away.
    pub until: Date,
}

/// Adopts a profile as the one in force.
#[derive(Debug, Clone)]
pub struct AdoptProfile(pub Box<Profile>);

/// What can become of a profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum ProfileEvent {
    /// A new version is in force. Cases opened before keep theirs.
    #[serde(rename = "profile.adopted")]
    ProfileAdopted {
        /// 1, 2, 3 …
        version: u32,
        /// The whole profile.
        profile: Box<Profile>,
    },
}

impl DomainEvent for ProfileEvent {
    fn event_type(&self) -> String {
        "profile.adopted".into()
    }
    fn event_version(&self) -> String {
        "1".into()
    }
}

impl Fact for ProfileEvent {}

/// The profile stream: which version is in force.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct AdoptedProfile {
    version: u32,
    profile: Option<Box<Profile>>,
}

impl Aggregate for AdoptedProfile {
    const TYPE: &'static str = "profile";
    type Command = AdoptProfile;
    type Event = ProfileEvent;
    type Error = ProfileFault;
    type Services = ();

    async fn handle(
        &mut self,
        command: AdoptProfile,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), ProfileFault> {
        check(&command.0)?;
        if self.profile.as_ref() != Some(&command.0) {
            sink.write(ProfileEvent::ProfileAdopted { version: self.version + 1, profile: command.0 }, self)
                .await;
        }
        Ok(())
    }

    fn apply(&mut self, event: ProfileEvent) {
        let ProfileEvent::ProfileAdopted { version, profile } = event;
        *self = Self { version, profile: Some(profile) };
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::example;
    use cqrs_es::test::TestFramework;

    #[test]
    fn a_changed_profile_becomes_the_next_version() {
        let before = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(example::profile()) };
        let changed = Profile { title: "Elders".into(), ..example::profile() };
        TestFramework::<AdoptedProfile>::with(())
            .given(vec![before])
            .when(AdoptProfile(Box::new(changed.clone())))
            .then_expect_events(vec![ProfileEvent::ProfileAdopted {
                version: 2,
                profile: Box::new(changed),
            }]);
    }

    #[test]
    fn adopting_the_profile_in_force_adds_nothing() {
        let before = ProfileEvent::ProfileAdopted { version: 1, profile: Box::new(example::profile()) };
        TestFramework::<AdoptedProfile>::with(())
            .given(vec![before])
            .when(AdoptProfile(Box::new(example::profile())))
            .then_expect_events(vec![]);
    }
}
