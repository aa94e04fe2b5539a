//! Finding a case for somebody, without telling others whether it exists.
//!
//! Whose areas are the whole municipality hears that there is no such case. Everybody else hears the same words for a
//! case that lies elsewhere as for one that isn't there. Who never may see cases is denied before any is looked for.

use seinhuis_contract::status::Problem;
use seinhuis_domain::access::Ask;
use seinhuis_domain::area::AreaCode;

use super::rows::CaseRows;
use crate::asker::{Asker, Reach};
use crate::failure::Failure;
use crate::hub::Hub;

/// The case called `name`, by its id or its number, as far as `asker` may see it.
pub(super) async fn case(hub: &Hub, asker: &Asker, name: &str) -> Result<CaseRows, Failure> {
    let reach = asker.reach()?;
    let ids = match name.parse() {
        Ok(id) => vec![id],
        Err(_) if may_be_a_number(name) => hub.parts.views.main.cases_numbered(name).await?,
        Err(_) => {
            return Err(
                Problem::field("case", name, "a case's id (a UUID) or its number (as in 7K3M-92QF)").into()
            );
        }
    };
    for id in ids {
        if let Some(case) = CaseRows::read(&hub.parts.log, id).await?
            && asker.can(Ask::Case(case.area()))
        {
            return Ok(case);
        }
    }
    Err(none(asker, reach, name).into())
}

fn none(asker: &Asker, reach: Reach, name: &str) -> Problem {
    let case = name.to_owned();
    match reach {
        Reach::Everywhere => Problem::NotFound { what: "case", name: case },
        Reach::Within(areas) => {
            let areas = areas.iter().map(AreaCode::as_str).collect::<Vec<_>>().join(", ");
            Problem::NoCaseThere { actor: asker.actor(), case, areas }
        }
    }
}

/// Eight letters and digits, however people space them.
fn may_be_a_number(name: &str) -> bool {
    let mut digits = name.chars().filter(|c| !matches!(c, '-' | ' '));
    digits.clone().count() == 8 && digits.all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_number_is_eight_letters_and_digits_however_spaced() {
        for written in ["7K3M-92QF", "7k3m92qf", " 7K3M 92QF"] {
            assert!(may_be_a_number(written), "{written}");
        }
        for bad in ["", "7K3M", "7K3M-92QF-1", "zaak 7", "éééééééé"] {
            assert!(!may_be_a_number(bad), "{bad:?}");
        }
    }
}
