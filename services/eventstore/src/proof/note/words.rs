//! How a signed note is written: the text, an empty line, and a line per signature.

use data_encoding::BASE64;

use super::NoteError;

/// Name and id of a key, and what it signed with.
type Line<'n> = (&'n str, [u8; 4], Vec<u8>);

/// The largest note that is looked at, in bytes.
const LARGEST: usize = 64 << 10;

/// Whether a key may be called so.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// Whether `text` may be signed: whole lines without control characters.
pub(super) fn is_text(text: &str) -> bool {
    text.ends_with('\n') && !text.contains(|c: char| c.is_control() && c != '\n')
}

/// The text of `note`, and the signatures below it.
pub(super) fn split(note: &str) -> Result<(&str, Vec<Line<'_>>), NoteError> {
    if note.len() > LARGEST {
        return Err(NoteError::Malformed("it is longer than 65536 bytes"));
    }
    let Some(end) = note.rfind("\n\n") else { return Err(NoteError::Malformed("it has no signatures")) };
    let (text, signatures) = (&note[..=end], &note[end + 2..]);
    if !is_text(text) {
        return Err(NoteError::Malformed("its text holds control characters"));
    }
    let Some(signatures) = signatures.strip_suffix('\n') else {
        return Err(NoteError::Malformed("its last line has no end"));
    };
    Ok((text, signatures.split('\n').map(line).collect::<Result<_, _>>()?))
}

fn line(line: &str) -> Result<Line<'_>, NoteError> {
    let refused = NoteError::Malformed("a line below its text is no signature");
    let read = || {
        let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = BASE64.decode(signature.as_bytes()).ok()?;
        let (id, signature) = bytes.split_first_chunk::<4>()?;
        (is_name(name) && !signature.is_empty()).then(|| (name, *id, signature.to_vec()))
    };
    read().ok_or(refused)
}
