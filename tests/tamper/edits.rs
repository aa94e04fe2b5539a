//! What somebody with the database in his hands, and without the signing key, may do to it.

use data_encoding::BASE64;
use ed25519_dalek::{Signer, SigningKey};
use fastrand::Rng;
use seinhuis_verifier::Key;

use crate::state::{Row, State};

/// The positions that an edit touched, first and last.
pub(crate) type Touched = (u64, u64);

/// One way of tampering. It answers what it touched, or `None` when the draw changed nothing.
pub(crate) type Edit = fn(&mut State, &mut Rng) -> Option<Touched>;

/// Every way, with its name.
pub(crate) const KINDS: [(&str, Edit); 12] = [
    ("flip a bit of a column", flip),
    ("delete an event", delete),
    ("delete an event and close the gap", delete_and_close),
    ("insert an event", insert),
    ("swap two events, not their leaves", swap_contents),
    ("swap two events with their leaves", swap),
    ("cut the tail off with the head", truncate),
    ("rewrite from a position, leaves made anew", fork),
    ("rewrite, and sign again with another key", sign_again),
    ("move the head", move_head),
    ("flip a bit of a checkpoint", flip_note),
    ("put a checkpoint under another size", move_note),
];

fn flip(state: &mut State, rng: &mut Rng) -> Option<Touched> {
    let at = rng.usize(..state.rows.len());
    let row = &mut state.rows[at];
    let position = row.position as u64;
    let bit = |rng: &mut Rng| 1_i64 << rng.u32(..63);
    match rng.usize(..13) {
        0 => row.position ^= 1 << rng.u32(..8),
        1 => row.version ^= bit(rng),
        2 => row.schema ^= bit(rng),
        3 => row.recorded_at ^= bit(rng),
        column => {
            let bytes = match column {
                4 => Some(&mut row.stream),
                5 => Some(&mut row.name),
                6 => row.area.as_mut(),
                7 => Some(&mut row.actor),
                8 => row.trace.as_mut(),
                9 => Some(&mut row.payload),
                10 => row.sealed_keys.as_mut(),
                11 => row.sealed.as_mut(),
                _ => Some(&mut row.leaf),
            }?;
            turn_a_bit(bytes, rng)?;
        }
    }
    let moved = row.position as u64;
    Some((position.min(moved), position.max(moved)))
}

fn delete(state: &mut State, rng: &mut Rng) -> Option<Touched> {
    let gone = state.rows.remove(rng.usize(..state.rows.len())).position as u64;
    Some((gone, gone))
}

fn delete_and_close(state: &mut State, rng: &mut Rng) -> Option<Touched> {
    let last = state.head as u64;
    let (gone, _) = delete(state, rng)?;
    number(state);
    Some((gone, last))
}

fn insert(state: &mut State, rng: &mut Rng) -> Option<Touched> {
    let mut row = state.rows[rng.usize(..state.rows.len())].clone();
    row.stream = format!("lamp-{}", rng.u64(1_000..)).into_bytes();
    row.version = 1;
    row.seal_over();
    // Not at the very end: there it would be the next event, which nobody signed yet.
    let at = rng.usize(..state.rows.len());
    state.rows.insert(at, row);
    number(state);
    Some((at as u64 + 1, state.head as u64))
}

fn swap_contents(state: &mut State, rng: &mut Rng) -> Option<Touched> {
    let (one, other, touched) = two(state, rng)?;
    let leaves = (state.rows[one].leaf.clone(), state.rows[other].leaf.clone());
    state.rows.swap(one, other);
    (state.rows[one].leaf, state.rows[other].leaf) = leaves;
    number(state);
    Some(touched)
}

fn swap(state: &mut State, rng: &mut Rng) -> Option<Touched> {
    let (one, other, touched) = two(state, rng)?;
    state.rows.swap(one, other);
    number(state);
    Some(touched)
}

fn truncate(state: &mut State, rng: &mut Rng) -> Option<Touched> {
    let last = state.head as u64;
    let left = rng.usize(..state.rows.len());
    state.rows.truncate(left);
    number(state);
    if rng.bool() {
        // The book too, so that nothing here tells.
        state.checkpoints.retain(|(size, _)| *size <= left as i64);
    }
    Some((left as u64 + 1, last))
}

fn fork(state: &mut State, rng: &mut Rng) -> Option<Touched> {
    let from = rng.usize(..state.rows.len());
    for row in &mut state.rows[from..] {
        row.payload = format!("{{\"other\":{}}}", rng.u64(..)).into_bytes();
        row.seal_over();
    }
    Some((from as u64 + 1, state.head as u64))
}

fn sign_again(state: &mut State, rng: &mut Rng) -> Option<Touched> {
    let (from, last) = fork(state, rng)?;
    let key = SigningKey::from_bytes(&std::array::from_fn(|_| rng.u8(..)));
    let name = origin(&state.checkpoints.first()?.1).to_owned();
    for at in 0..state.checkpoints.len() {
        let size = state.checkpoints[at].0;
        let text = format!("{name}\n{size}\n{}\n", BASE64.encode(&state.root(size as usize)));
        let signature =
            [&Key::of(&name, &key.verifying_key()).id()[..], &key.sign(text.as_bytes()).to_bytes()];
        state.checkpoints[at].1 = format!("{text}\n— {name} {}\n", BASE64.encode(&signature.concat()));
    }
    Some((from, last))
}

fn move_head(state: &mut State, rng: &mut Rng) -> Option<Touched> {
    let was = state.head;
    state.head = if rng.bool() { rng.i64(..was) } else { was + rng.i64(1..1_000) };
    Some((was.min(state.head).max(0) as u64, was.max(state.head) as u64))
}

fn flip_note(state: &mut State, rng: &mut Rng) -> Option<Touched> {
    let at = rng.usize(..state.checkpoints.len());
    let (size, note) = &mut state.checkpoints[at];
    let mut bytes = note.clone().into_bytes();
    turn_a_bit(&mut bytes, rng)?;
    // A text column holds text, and PostgreSQL's no zero bytes.
    *note = String::from_utf8(bytes).ok().filter(|note| !note.contains('\0'))?;
    Some((*size as u64, *size as u64))
}

fn move_note(state: &mut State, rng: &mut Rng) -> Option<Touched> {
    let at = rng.usize(..state.checkpoints.len());
    let was = state.checkpoints[at].0;
    let size = rng.i64(1..=state.head);
    if state.checkpoints.iter().any(|(taken, _)| *taken == size) {
        return None;
    }
    state.checkpoints[at].0 = size;
    state.checkpoints.sort();
    Some((was.min(size) as u64, was.max(size) as u64))
}

/// Two events that differ, in order, and the stretch between them.
fn two(state: &State, rng: &mut Rng) -> Option<(usize, usize, Touched)> {
    let (one, other) = (rng.usize(..state.rows.len()), rng.usize(..state.rows.len()));
    let (one, other) = (one.min(other), one.max(other));
    (one != other).then_some((one, other, (one as u64 + 1, other as u64 + 1)))
}

/// Positions 1, 2, 3 … and the head at the last.
fn number(state: &mut State) {
    let number = |(at, row): (usize, &mut Row)| row.position = at as i64 + 1;
    state.rows.iter_mut().enumerate().for_each(number);
    state.head = state.rows.len() as i64;
}

fn turn_a_bit(bytes: &mut [u8], rng: &mut Rng) -> Option<()> {
    let at = rng.usize(..bytes.len().max(1));
    *bytes.get_mut(at)? ^= 1 << rng.u32(..8);
    Some(())
}

fn origin(note: &str) -> &str {
    note.lines().next().unwrap_or_default()
}
