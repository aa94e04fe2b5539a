//! A template: text with the names of columns in braces, `{street} {number}`.

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::send) enum Piece {
    /// Text as it is.
    Text(String),
    /// A column, by its number among the map's.
    Column(usize),
}

/// Cuts a template into pieces; `column` gives the number of a column's name. The error is the rule it breaks.
pub(super) fn pieces(template: &str, mut column: impl FnMut(&str) -> usize) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find(['{', '}']) {
        let (text, from) = rest.split_at(open);
        if !text.is_empty() {
            pieces.push(Piece::Text(text.to_owned()));
        }
        let name = from.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let (name, behind) = name.ok_or("every brace needs its other half: \"{street} {number}\"")?;
        if name.is_empty() || name.contains('{') {
            return Err("a column's name stands between braces: \"{street} {number}\"".to_owned());
        }
        pieces.push(Piece::Column(column(name)));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    if pieces.iter().any(|piece| matches!(piece, Piece::Column(_))) {
        Ok(pieces)
    } else {
        Err("names no column; write a value instead".to_owned())
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use proptest::prelude::*;

    fn cut(template: &str) -> Result<Vec<Piece>, String> {
        let mut known = Vec::<String>::new();
        pieces(template, |name| {
            known.push(name.to_owned());
            known.len() - 1
        })
    }

    #[test]
    fn text_and_columns_take_turns() {
        let text = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(cut("{a} {b}-x").unwrap(), [Piece::Column(0), text(" "), Piece::Column(1), text("-x")]);
        assert_eq!(cut("{a}{b}").unwrap(), [Piece::Column(0), Piece::Column(1)]);
    }

    #[test]
    fn half_a_brace_is_refused() {
        for template in ["", "x", "{a", "a}", "{}", "{a{b}}", "{a}}"] {
            assert!(cut(template).is_err(), "{template}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cut_or_refused(template in "[a{} ]{0,12}") {
            let _ = cut(&template);
        }
    }
}
