//! Eight partners: those of the profile, and three more, so that every sector's share stays about what it is.

use anyhow::ensure;
use seinhuis_domain::ids::PartnerId;
use seinhuis_domain::profile::{PartnerEntry, Profile};
use seinhuis_domain::sector::Sector;

const MORE: [(&str, Sector); 3] =
    [("politie-west", Sector::Police), ("wonen-west", Sector::Housing), ("buitendienst", Sector::Municipal)];

/// The profile with its eight partners.
pub(crate) fn eight(mut profile: Profile) -> anyhow::Result<Profile> {
    for (id, sector) in MORE {
        let of_sector = profile.partners.iter().find(|partner| partner.sector == sector);
        let contact = of_sector.map(|partner| partner.contact.clone());
        let contact = contact.ok_or_else(|| anyhow::anyhow!("the profile has no partner for {sector}"))?;
        profile.partners.push(PartnerEntry { id: PartnerId::new(id)?, name: id.into(), sector, contact });
    }
    ensure!(profile.partners.len() == 8, "{} partners instead of 8", profile.partners.len());
    Ok(profile)
}
