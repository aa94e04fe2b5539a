//! Names as they are compared: without case, accents and punctuation. Sources write the same name in many ways.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The name in lower-case words with one space between them. Letters of every script stay; accents go.
pub(crate) fn name(text: &str) -> Zeroizing<String> {
    let mut folded = Zeroizing::new(String::with_capacity(text.len() + 8));
    let mut gap = false;
    for c in text.nfkd().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            match unaccented(c) {
                Some(plain) => folded.push_str(plain),
                None => folded.push(c),
            }
        } else if !unicode_normalization::char::is_combining_mark(c) && !matches!(c, '\'' | '’' | '‘' | '`')
        {
            gap = true;
        }
    }
    folded
}

/// Letters of the Latin script that Unicode doesn't take apart.
fn unaccented(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ŧ' => "t",
        'þ' => "th",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        _ => return None,
    })
}

#[cfg(test)]
mod specs {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_name_are_one() {
        for same in ["Renée van 't Hof-Jansen", "RENEE VAN ’T HOF JANSEN", " Renee  van t Hof,Jansen "] {
            assert_eq!(*name(same), "renee van t hof jansen", "{same}");
        }
        assert_eq!(*name("Łukasz Sørensen"), "lukasz sorensen");
        assert_eq!(*name("Ĳsbrand"), "ijsbrand");
    }

    #[test]
    fn other_names_stay_other_names() {
        assert_ne!(name("Jan de Vries"), name("Jan Devries"));
        assert_eq!(*name("محمد"), "محمد");
        assert_eq!(*name("-- .."), "");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = name(&text);
            prop_assert_eq!(name(&once), once);
        }
    }
}
