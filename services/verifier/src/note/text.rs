//! The text of a signed note and of a checkpoint, read strictly: what was signed has one reading.

use data_encoding::BASE64;

use super::{Checkpoint, NoteFault};

/// A note's text, with its last newline, and its signature lines.
pub(super) fn split(note: &[u8]) -> Result<(&str, &str), NoteFault> {
    let note = std::str::from_utf8(note).map_err(|_| NoteFault::Shape("it isn't UTF-8"))?;
    if note.contains(|c: char| c.is_ascii_control() && c != '\n') {
        return Err(NoteFault::Shape("it has a control character"));
    }
    let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteFault::Shape("it has no signatures"))?;
    if signatures.is_empty() || !signatures.ends_with('\n') {
        return Err(NoteFault::Shape("its signatures don't end with a newline"));
    }
    Ok((&note[..=text.len()], signatures))
}

/// The origin and the rest of a checkpoint's text: origin, size, root, and lines of others that aren't read.
pub(super) fn checkpoint(text: &str) -> Result<(&str, Checkpoint), NoteFault> {
    let mut lines = text.lines();
    let origin = lines.next().filter(|line| !line.is_empty()).ok_or(NoteFault::Text("it has no origin"))?;
    let size = lines.next().ok_or(NoteFault::Text("it has no second line"))?;
    let root = lines.next().ok_or(NoteFault::Text("it has no third line"))?;
    let plain = size == "0" || (!size.starts_with('0') && size.bytes().all(|digit| digit.is_ascii_digit()));
    let size = size.parse().ok().filter(|_| plain).ok_or(NoteFault::Text("its size is no whole number"))?;
    let root = BASE64.decode(root.as_bytes()).ok().and_then(|root| root.try_into().ok());
    let root = root.ok_or(NoteFault::Text("its root isn't 32 bytes in base64"))?;
    if lines.any(str::is_empty) {
        return Err(NoteFault::Text("it has an empty line"));
    }
    Ok((origin, Checkpoint { size, root }))
}
