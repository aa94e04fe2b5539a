//! Addresses and points.

use seinhuis_contract::proto::ingest::v1 as wire;
use seinhuis_contract::status::Violation;
use seinhuis_domain::area::GeoPoint;
use zeroize::Zeroizing;

use crate::checked::Address;

const POSTCODE: &str = "four digits, the first not zero, and two letters: 7071 AB";
const HOUSE_NUMBER_MAX: u32 = 99_999;
const ADDITION_MAX: usize = 8;

pub(super) fn point(sent: Option<wire::GeoPoint>) -> Result<Option<GeoPoint>, Violation> {
    match sent {
        None => Ok(None),
        // A number that is none fails both comparisons.
        Some(wire::GeoPoint { lon, lat }) if lon.abs() <= 180.0 && lat.abs() <= 90.0 => {
            Ok(Some(GeoPoint { lon, lat }))
        }
        Some(_) => Err(Violation::withheld(
            "signal.common.point",
            "degrees: lon -180 to 180, lat -90 to 90 (WGS 84)",
        )),
    }
}

pub(super) fn address(sent: Option<wire::Address>) -> Result<Option<Address>, Violation> {
    let Some(wire::Address { postcode, house_number, addition }) = sent else { return Ok(None) };
    let wrong = |field: &str, rule: &str| Violation::withheld(format!("signal.common.address.{field}"), rule);
    let postcode = one_spelling(&Zeroizing::new(postcode)).ok_or_else(|| wrong("postcode", POSTCODE))?;
    if !(1..=HOUSE_NUMBER_MAX).contains(&house_number) {
        return Err(wrong("house_number", "1 to 99999"));
    }
    let addition = match addition.trim() {
        "" => None,
        text if text.chars().count() <= ADDITION_MAX => Some(Zeroizing::new(text.to_owned())),
        _ => return Err(wrong("addition", "at most 8 characters")),
    };
    Ok(Some(Address { postcode: Zeroizing::new(postcode), house_number, addition }))
}

/// `7071 ab` is `7071AB`.
fn one_spelling(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
    let fits = match text.as_bytes() {
        [first, digits @ .., a, b] => {
            text.len() == 6
                && matches!(first, b'1'..=b'9')
                && digits.iter().all(u8::is_ascii_digit)
                && a.is_ascii_uppercase()
                && b.is_ascii_uppercase()
        }
        _ => false,
    };
    fits.then_some(text)
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_postcode_has_one_spelling() {
        for same in ["7071AB", "7071 ab", " 7071 AB "] {
            assert_eq!(one_spelling(same).as_deref(), Some("7071AB"));
        }
        for bad in ["", "0071AB", "7071A", "7071ABC", "70711B", "AB7071", "7071ÅB", "7071\tAB"] {
            assert_eq!(one_spelling(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_point_that_is_no_number_is_refused() {
        for (lon, lat) in [(f64::NAN, 52.0), (6.4, f64::INFINITY), (181.0, 0.0), (0.0, -90.5)] {
            assert!(point(Some(wire::GeoPoint { lon, lat })).is_err(), "{lon} {lat}");
        }
    }

    #[test]
    fn the_field_of_an_address_that_is_wrong_is_named() {
        let wrong = |postcode: &str, house_number, addition: &str| {
            let sent = wire::Address { postcode: postcode.into(), house_number, addition: addition.into() };
            address(Some(sent)).err().map(|v| v.field)
        };
        assert_eq!(wrong("7071AB", 12, "bis"), None);
        assert_eq!(wrong("7071AB", 0, "").as_deref(), Some("signal.common.address.house_number"));
        assert_eq!(wrong("7071AB", 1, "achterhuis").as_deref(), Some("signal.common.address.addition"));
        assert_eq!(wrong("70AB", 1, "").as_deref(), Some("signal.common.address.postcode"));
    }
}
