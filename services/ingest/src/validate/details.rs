//! What only one sector has.

use seinhuis_contract::proto::ingest::v1::Consent;
use seinhuis_contract::status::Violation;
use seinhuis_domain::kind::Kind;
use zeroize::Zeroizing;

use super::{Details, Found, Secret, short};

const ARREARS_MAX: u32 = 120;

/// Name and value of what was given, in a fixed order, so that equal signals seal to equal bytes.
pub(super) fn of(details: Details, kind: Option<Kind>, found: &mut Found) -> Vec<(&'static str, Secret)> {
    let all = match details {
        Details::Police { incident_number } => {
            vec![("incident_number", found.take(short("signal.incident_number", incident_number)))]
        }
        Details::Housing { arrears_months, case_number } => vec![
            ("arrears_months", found.take(arrears(arrears_months, kind))),
            ("case_number", found.take(short("signal.case_number", case_number))),
        ],
        Details::Care { consent } => vec![("consent", found.take(consent_word(consent)))],
        Details::Municipal { desk_number } => {
            vec![("desk_number", found.take(short("signal.desk_number", desk_number)))]
        }
    };
    all.into_iter().filter_map(|(name, value)| Some((name, value.flatten()?))).collect()
}

fn arrears(months: u32, kind: Option<Kind>) -> Result<Option<Secret>, Violation> {
    let field = "signal.arrears_months";
    match months {
        0 => Ok(None),
        _ if kind.is_some_and(|kind| kind.code() != "housing.fin.hua") => {
            Err(Violation::withheld(field, "left out: only HOUSING_KIND_FIN_HUA has arrears"))
        }
        1..=ARREARS_MAX => Ok(Some(Zeroizing::new(months.to_string()))),
        _ => Err(Violation::withheld(field, "1 to 120 months")),
    }
}

fn consent_word(number: i32) -> Result<Option<Secret>, Violation> {
    let word = match Consent::try_from(number) {
        Ok(Consent::Unspecified) => return Ok(None),
        Ok(Consent::Given) => "given",
        Ok(Consent::Refused) => "refused",
        Ok(Consent::NotAsked) => "not_asked",
        Err(_) => {
            let rule = "CONSENT_GIVEN, CONSENT_REFUSED or CONSENT_NOT_ASKED";
            return Err(Violation::new("signal.consent", &number.to_string(), rule));
        }
    };
    Ok(Some(Zeroizing::new(word.to_owned())))
}
