//! The 11-proof of the citizen service number (Besluit BSN; Logisch Ontwerp BSN: weights 9, 8 … 2 and -1).

/// The number in nine digits, if it is a possible BSN. Eight digits are read with a zero before them, as systems that
/// keep it as a number write it; dots and spaces between digits count for nothing.
pub(crate) fn checked(text: &str) -> Option<String> {
    let digits: String = text.trim().chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    if !matches!(digits.len(), 8 | 9) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = format!("{digits:0>9}");
    let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let sum: i32 = digits.bytes().zip(weights).map(|(digit, weight)| i32::from(digit - b'0') * weight).sum();
    // All zeros pass the sum, and are nobody.
    (sum % 11 == 0 && digits != "000000000").then_some(digits)
}

#[cfg(test)]
mod specs {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_published_test_numbers_pass() {
        for bsn in ["111222333", "123456782", "999999990", "010464554"] {
            assert_eq!(checked(bsn).as_deref(), Some(bsn));
        }
    }

    #[test]
    fn eight_digits_are_read_with_a_zero_before_them() {
        assert_eq!(checked("10464554"), checked("010464554"));
        assert_eq!(checked("1112.22.333"), checked("111222333"));
    }

    #[test]
    fn nothing_else_passes() {
        for bad in ["", "000000000", "123456789", "1234567", "1234567820", "12345678a", "١٢٣٤٥٦٧٨٢"]
        {
            assert_eq!(checked(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_never_passes(at in 0usize..9, by in 1u8..10) {
            let mut digits = *b"123456782";
            digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
            prop_assert_eq!(checked(std::str::from_utf8(&digits).unwrap()), None);
        }

        #[test]
        fn two_swapped_neighbours_never_pass_unless_they_are_equal(at in 0usize..8) {
            let mut digits = *b"123456782";
            digits.swap(at, at + 1);
            prop_assert_eq!(checked(std::str::from_utf8(&digits).unwrap()), None);
        }
    }
}
