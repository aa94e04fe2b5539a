//! The screen: what was heard in panels, a line above that says of what and how fast, a line below with the keys.

use ratatui::Frame;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::feeds::News;
use super::keys::{Press, Wish, press};
use super::panels::{self, PANELS};
use super::seen::Seen;

/// From so many columns on, three panels stand beside each other.
const WIDE: u16 = 120;
/// Lines of a panel, its frame included.
const HIGH: u16 = 9;
const KEYS: &str = " q leave   p pause   a area ";

/// What is shown, and what was pressed.
#[derive(Debug)]
pub(super) struct Screen {
    address: String,
    area: String,
    live: Seen,
    /// What stands still while it is paused.
    still: Option<Seen>,
    /// The code of an area, as far as it is typed.
    asked: Option<String>,
}

impl Screen {
    /// Of an area of the hub at `address`; nothing was heard yet.
    pub(super) fn of(address: &str, area: &str) -> Self {
        let (address, area) = (address.to_owned(), area.to_owned());
        Self { address, area, live: Seen::default(), still: None, asked: None }
    }

    /// Takes in news.
    pub(super) fn hear(&mut self, news: News) {
        self.live.take(news);
    }

    /// Takes in a key, and says what it asks of others.
    pub(super) fn press(&mut self, key: KeyEvent) -> Option<Wish> {
        match press(key, self.asked.as_deref()) {
            Press::Wish(wish) => return Some(wish),
            Press::Pause => {
                self.still = self.still.take().map_or_else(|| Some(self.live.clone()), |_| None);
            }
            Press::Ask(code) => self.asked = Some(code),
            Press::Forget => self.asked = None,
            Press::Nothing => {}
        }
        None
    }

    /// Draws it.
    pub(super) fn draw(&self, frame: &mut Frame<'_>) {
        let seen = self.still.as_ref().unwrap_or(&self.live);
        let columns = if frame.area().width >= WIDE { 3 } else { 2 };
        let rows = PANELS.len().div_ceil(columns);
        let high = HIGH * u16::try_from(rows).unwrap_or(u16::MAX);
        let lines = Layout::vertical([
            Constraint::Length(1),
            Constraint::Max(high),
            Constraint::Min(4),
            Constraint::Length(1),
        ]);
        let [head, above, facts, foot] = lines.areas(frame.area());
        frame.render_widget(self.headline(seen), head);
        for (panel, place) in PANELS.iter().zip(grid(above, columns, rows)) {
            panels::draw(frame, place, panel(seen));
        }
        panels::facts(frame, facts, seen);
        frame.render_widget(self.footline(seen), foot);
    }

    fn headline(&self, seen: &Seen) -> Paragraph<'_> {
        let strong = Style::new().add_modifier(Modifier::BOLD);
        let area = if self.area.is_empty() { "all areas" } else { &self.area };
        let mut spans = vec![
            Span::styled(" Seinhuis ", strong.fg(Color::Black).bg(Color::Cyan)),
            Span::raw(format!(" {}  ", self.address)),
            Span::styled(area, strong),
        ];
        if let Some(pipeline) = &seen.pipeline {
            let rate = pipeline.rate.map_or_else(String::new, |rate| format!("  {rate:.1} events/s"));
            spans
                .push(Span::raw(format!("  position {}{rate}  {} streams", pipeline.head, pipeline.streams)));
        }
        if self.still.is_some() {
            spans.push(Span::styled("  PAUSED", strong.fg(Color::Yellow)));
        }
        if seen.is_parked {
            spans.push(Span::styled("  facts come late", strong.fg(Color::Yellow)));
        }
        Paragraph::new(Line::from(spans))
    }

    fn footline(&self, seen: &Seen) -> Paragraph<'_> {
        if let Some(code) = &self.asked {
            return Paragraph::new(format!(
                " code of the area, none for all: {code}_   Enter watch   Esc forget"
            ));
        }
        let mut spans = vec![Span::styled(KEYS, Style::new().fg(Color::DarkGray))];
        for (feed, why) in &seen.away {
            spans.push(Span::styled(format!("  no {}: {why}", feed.name()), Style::new().fg(Color::Red)));
        }
        Paragraph::new(Line::from(spans))
    }
}

/// So many places beside and under each other, row by row.
fn grid(area: Rect, columns: usize, rows: usize) -> Vec<Rect> {
    let even = |count: usize| vec![Constraint::Fill(1); count];
    let lines = Layout::vertical(even(rows)).split(area);
    lines.iter().flat_map(|line| Layout::horizontal(even(columns)).split(*line).to_vec()).collect()
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::dashboard::feeds::Feed;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::crossterm::event::KeyCode;
    use seinhuis_contract::proto::monitor::v1::{Fact, FollowerFlow, Tally, WatchPipelineResponse};

    /// What stands on a screen of this size, line by line.
    fn drawn(screen: &Screen, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| screen.draw(frame)).unwrap();
        terminal.backend().to_string()
    }

    fn fact(position: u64) -> News {
        let summary_dutch = format!("Melding {position}");
        News::Fact(Fact { position, r#type: "signal.reported".into(), summary_dutch, ..Fact::default() })
    }

    fn pipeline() -> News {
        let tally = |name: &str, count| Tally { name: name.to_owned(), count };
        let follower =
            FollowerFlow { name: "casework".into(), position: 40, lag: 2, ..FollowerFlow::default() };
        News::Pipeline(WatchPipelineResponse {
            head: 42,
            rate: Some(3.5),
            followers: vec![follower],
            tallies: vec![
                tally("denied.NO_TOKEN", 4),
                tally("signals.police", 9),
                tally("signals.police.TOO_FAST", 3),
            ],
            ..WatchPipelineResponse::default()
        })
    }

    fn press(screen: &mut Screen, keys: &[char]) {
        keys.iter().for_each(|key| drop(screen.press(KeyEvent::from(KeyCode::Char(*key)))));
    }

    #[test]
    fn what_was_heard_stands_on_the_screen_wide_or_narrow() {
        let mut screen = Screen::of("http://hub:7465", "");
        [pipeline(), fact(41), fact(42)].into_iter().for_each(|news| screen.hear(news));
        for (width, height) in [(160, 45), (80, 40)] {
            let shown = drawn(&screen, width, height);
            for text in
                ["all areas", "position 42", "3.5 events/s", "casework", "police", "NO_TOKEN", "TOO_FAST"]
            {
                assert!(shown.contains(text), "{text} at {width}:\n{shown}");
            }
            assert!(shown.contains("Melding 42"), "{shown}");
        }
    }

    #[test]
    fn a_paused_screen_stands_still_and_then_shows_what_came_meanwhile() {
        let mut screen = Screen::of("http://hub:7465", "");
        screen.hear(fact(1));
        press(&mut screen, &['p']);
        screen.hear(fact(2));
        let still = drawn(&screen, 120, 40);
        assert!(still.contains("PAUSED") && !still.contains("Melding 2"), "{still}");
        press(&mut screen, &['p']);
        let live = drawn(&screen, 120, 40);
        assert!(!live.contains("PAUSED") && live.contains("Melding 2"), "{live}");
    }

    #[test]
    fn the_code_of_an_area_is_seen_while_it_is_typed() {
        let mut screen = Screen::of("http://hub:7465", "");
        press(&mut screen, &['a', 'w', 'k', '1']);
        let shown = drawn(&screen, 100, 40);
        assert!(shown.contains("WK1_") && !shown.contains("q leave"), "{shown}");
    }

    #[test]
    fn a_stream_that_is_away_is_named_with_why() {
        let mut screen = Screen::of("http://hub:7465", "WK150901");
        screen.hear(News::Away(Feed::Boards, "your areas don't cover it".into()));
        let shown = drawn(&screen, 120, 40);
        assert!(shown.contains("no areas: your areas don't cover it"), "{shown}");
    }

    #[test]
    fn a_terminal_that_is_far_too_small_is_drawn_on_without_harm() {
        let mut screen = Screen::of("http://hub:7465", "");
        [pipeline(), fact(1)].into_iter().for_each(|news| screen.hear(news));
        for (width, height) in [(1, 1), (10, 3), (40, 8)] {
            drawn(&screen, width, height);
        }
    }
}
