//! What the memos of both municipalities say of their ladders, played with the profiles that ship.
//!
//! A memo is a page in Dutch, for officials. Of what stands in it, a line in bold is what somebody does and when; what follows is
//! what the hub makes of it, by itself and by the clock: where the case lies, who is told and at which hour, and what comes next.
//! The whole page must come out as it stands there.
#![allow(clippy::unwrap_used, reason = "a test that meets what it did not expect must fail")]

mod act;
mod page;
mod play;
mod words;

use std::path::Path;

async fn plays_through(municipality: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes").join(format!("{municipality}.md"));
    let text = std::fs::read_to_string(file).unwrap();
    let mut played = 0;
    for scene in page::scenes(&text) {
        let lived = play::play(municipality, &scene).await;
        assert_eq!(
            lived.join("\n"),
            scene.lines.join("\n"),
            "{municipality}: {}\n\n{}",
            scene.title,
            lived.join("\n")
        );
        played += 1;
    }
    assert!(played > 5, "{played} scenes of {municipality}");
}

#[tokio::test]
async fn the_ladder_of_oude_ijsselstreek_plays_through_as_its_memo_says() {
    plays_through("oude-ijsselstreek").await;
}

#[tokio::test]
async fn the_ladder_of_lelystad_plays_through_as_its_note_says() {
    plays_through("lelystad").await;
}
