//! Exports whose every leaf is right, made by somebody who may rewrite the log but doesn't have the key.

use seinhuis_verifier::{Broken, Finding, NoteFault, Verdict, What, verify};

use crate::writer::{Author, Writer, event, export, five, leaf, root};

fn judged(export: &[u8], kept: &[Vec<u8>]) -> Vec<Finding> {
    verdict(export, kept).findings
}

fn verdict(export: &[u8], kept: &[Vec<u8>]) -> Verdict {
    verify(export, &Author::numbered(1).key(), kept).unwrap()
}

fn leaves(events: &[Vec<u8>]) -> Vec<[u8; 32]> {
    events.iter().map(|event| leaf(event)).collect()
}

/// The export with `change` made to its events, their leaves made anew, and the checkpoints of the true log.
fn rewritten(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let author = Author::numbered(1);
    let truth = leaves(&five());
    let mut events = five();
    change(&mut events);
    let mut writer = Writer::new();
    for (at, event) in events.iter().enumerate() {
        writer = writer.event(event);
        if at == 2 || at == 4 {
            writer = writer.record(b'C', &author.checkpoint(&truth[..=at]));
        }
    }
    writer.end()
}

#[test]
fn a_sound_export_tells_how_far_it_is_signed() {
    let author = Author::numbered(1);
    let open = Writer::new().events(&five()[..3]).checkpoint(&author).events(&five()[3..]).end();
    let verdict = verdict(&open, &[author.checkpoint(&[]), author.checkpoint(&leaves(&five()[..2]))]);
    assert_eq!(verdict.findings, []);
    assert_eq!((verdict.events, verdict.checkpoints, verdict.signed), (5, 1, 3));
    assert_eq!(verdict.root, root(&leaves(&five())));
}

#[test]
fn an_event_rewritten_with_its_leaf_is_found_between_two_checkpoints() {
    let found = judged(&rewritten(|events| events[3] = event("lamp-1", 2, "other")), &[]);
    assert_eq!(found, [Finding { from: 4, to: 5, what: What::Root { size: 5 } }]);
}

#[test]
fn events_that_changed_places_are_found_and_a_kept_checkpoint_narrows_it_down() {
    let swapped = rewritten(|events| events.swap(0, 4));
    let all = What::Root { size: 3 };
    assert_eq!(judged(&swapped, &[])[0], Finding { from: 1, to: 3, what: all });
    let kept = Author::numbered(1).checkpoint(&leaves(&five()[..1]));
    assert_eq!(judged(&swapped, &[kept])[0], Finding { from: 1, to: 1, what: What::Root { size: 1 } });
}

#[test]
fn an_event_taken_out_or_put_in_is_found() {
    let gone = judged(&rewritten(|events| drop(events.remove(1))), &[]);
    assert_eq!(gone[0], Finding::at(2, What::Version { before: 0, version: 2 }));
    let more = judged(&rewritten(|events| events.insert(4, event("lamp-9", 1, "false"))), &[]);
    assert_eq!(more[0], Finding { from: 4, to: 5, what: What::Root { size: 5 } });
}

#[test]
fn a_tail_cut_off_with_its_checkpoint_is_found_by_who_kept_one() {
    let author = Author::numbered(1);
    let cut = Writer::new().events(&five()[..3]).checkpoint(&author).end();
    assert_eq!(judged(&cut, &[]), [], "the export alone can't tell");
    let kept = author.checkpoint(&leaves(&five()));
    assert_eq!(judged(&cut, &[kept]), [Finding { from: 4, to: 5, what: What::Shortened { size: 5 } }]);
}

#[test]
fn a_fork_signed_by_the_key_itself_is_found_by_who_kept_a_checkpoint_of_the_other_branch() {
    let author = Author::numbered(1);
    let mut events = five();
    events[3] = event("lamp-1", 2, "other");
    let fork = export(&events, &author);
    assert_eq!(judged(&fork, &[]), []);
    let kept = author.checkpoint(&leaves(&five()[..4]));
    assert_eq!(judged(&fork, &[kept]), [Finding { from: 4, to: 4, what: What::Root { size: 4 } }]);
}

#[test]
fn a_history_signed_again_with_another_key_is_found() {
    let again = export(&five(), &Author::numbered(2));
    let by_another = What::Note(NoteFault::OtherKey);
    let unsigned = Finding { from: 1, to: 5, what: What::Unsigned };
    assert_eq!(
        judged(&again, &[]),
        [Finding::at(3, by_another.clone()), Finding::at(5, by_another), unsigned]
    );
}

#[test]
fn a_log_nobody_signed_is_not_sound_and_an_empty_one_is() {
    let unsigned = Writer::new().events(&five()).end();
    assert_eq!(judged(&unsigned, &[]), [Finding { from: 1, to: 5, what: What::Unsigned }]);
    assert_eq!(judged(&Writer::new().end(), &[]), []);
}

#[test]
fn checkpoints_of_another_log_or_at_another_place_are_found() {
    let author = Author::numbered(1);
    let all = leaves(&five());
    let other = author.checkpoint_of("seinhuis/other", 5, root(&all));
    let export = Writer::new().events(&five()).record(b'C', &other).checkpoint(&author).end();
    assert_eq!(judged(&export, &[]), [Finding::at(5, What::Note(NoteFault::Origin))]);
    let early = Writer::new().events(&five()[..4]).record(b'C', &author.checkpoint(&all));
    let early = early.event(&five()[4]).checkpoint(&author).end();
    assert_eq!(judged(&early, &[]), [Finding::at(4, What::Misplaced { size: 5 })]);
}

#[test]
fn a_kept_checkpoint_that_does_not_hold_is_told_by_its_number() {
    let author = Author::numbered(1);
    let kept = [author.checkpoint(&[]), Author::numbered(2).checkpoint(&[]), b"no note".to_vec()];
    let numbers: Vec<_> = judged(&export(&five(), &author), &kept)
        .into_iter()
        .map(|finding| match finding.what {
            What::Kept { number, .. } => number,
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(numbers, [2, 3]);
}

#[test]
fn the_end_must_be_there_count_right_and_be_the_end() {
    let author = Author::numbered(1);
    let open = || Writer::new().events(&five()).checkpoint(&author);
    assert_eq!(judged(&open().bytes, &[]), [Finding::at(6, What::NoEnd)]);
    let six = open().record(b'Z', &6_u64.to_be_bytes()).bytes;
    assert_eq!(judged(&six, &[]), [Finding::at(5, What::Count { said: 6, there: 5 })]);
    let more = open().record(b'Z', &5_u64.to_be_bytes()).event(&event("lamp-4", 1, "late")).bytes;
    assert_eq!(judged(&more, &[]), [Finding::at(6, What::Framing(Broken::Trailing))]);
}
