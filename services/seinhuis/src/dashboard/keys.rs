//! What a key means.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What whoever looks wants of the world outside the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// He has seen enough.
    Leave,
    /// To watch the area of this code, and what lies in it; empty: all he may see.
    Watch(String),
}

/// What a key does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Press {
    /// Something for others.
    Wish(Wish),
    /// The screen stands still, or goes on.
    Pause,
    /// The code of an area is asked for; so far it is this.
    Ask(String),
    /// It is asked for no longer.
    Forget,
    /// Nothing.
    Nothing,
}

/// What `key` does. `asked` is the code of an area as far as it is typed, when one is asked for.
pub(super) fn press(key: KeyEvent, asked: Option<&str>) -> Press {
    let leaves = key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c');
    match (key.code, asked) {
        _ if leaves => Press::Wish(Wish::Leave),
        (KeyCode::Enter, Some(code)) => Press::Wish(Wish::Watch(code.to_owned())),
        (KeyCode::Esc, Some(_)) => Press::Forget,
        (KeyCode::Backspace, Some(code)) => {
            Press::Ask(code.chars().take(code.chars().count().saturating_sub(1)).collect())
        }
        (KeyCode::Char(letter), Some(code)) => Press::Ask(format!("{code}{}", letter.to_ascii_uppercase())),
        (KeyCode::Char('q') | KeyCode::Esc, None) => Press::Wish(Wish::Leave),
        (KeyCode::Char('p' | ' '), None) => Press::Pause,
        (KeyCode::Char('a'), None) => Press::Ask(String::new()),
        _ => Press::Nothing,
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    fn typed(keys: &[KeyCode]) -> Press {
        let mut asked: Option<String> = None;
        let mut last = Press::Nothing;
        for key in keys {
            last = press(KeyEvent::from(*key), asked.as_deref());
            match &last {
                Press::Ask(code) => asked = Some(code.clone()),
                Press::Forget => asked = None,
                _ => {}
            }
        }
        last
    }

    #[test]
    fn q_and_escape_leave_and_so_does_an_interrupt_even_while_typing() {
        for key in [KeyCode::Char('q'), KeyCode::Esc] {
            assert_eq!(typed(&[key]), Press::Wish(Wish::Leave));
        }
        let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(press(interrupt, Some("WK")), Press::Wish(Wish::Leave));
    }

    #[test]
    fn an_area_is_typed_mended_and_watched() {
        let keys = ['a', 'w', 'k', 'x'].map(KeyCode::Char);
        let mended = [&keys[..], &[KeyCode::Backspace, KeyCode::Char('1'), KeyCode::Enter]].concat();
        assert_eq!(typed(&mended), Press::Wish(Wish::Watch("WK1".to_owned())));
        assert_eq!(typed(&[KeyCode::Char('a'), KeyCode::Enter]), Press::Wish(Wish::Watch(String::new())));
    }

    #[test]
    fn while_an_area_is_asked_for_letters_are_letters_and_escape_only_forgets_it() {
        assert_eq!(typed(&[KeyCode::Char('a'), KeyCode::Char('q')]), Press::Ask("Q".to_owned()));
        assert_eq!(typed(&[KeyCode::Char('a'), KeyCode::Esc]), Press::Forget);
        assert_eq!(typed(&[KeyCode::Char('a'), KeyCode::Esc, KeyCode::Char('p')]), Press::Pause);
        assert_eq!(typed(&[KeyCode::Backspace]), Press::Nothing);
    }
}
