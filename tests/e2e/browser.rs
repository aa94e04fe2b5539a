//! A page as a browser shows it: headless Chromium opens it, and a script at its end says what came of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::scene::prepared;

/// What the script sees once the page is loaded. The page's title takes it out.
const LOOK: &str = "<script>addEventListener('load', () => {
  const drawn = [...document.querySelectorAll('svg')].filter(chart => chart.getBoundingClientRect().height > 50);
  document.title = JSON.stringify({
    fetched: performance.getEntriesByType('resource').map(entry => entry.name),
    missing: [...document.images].filter(image => !image.naturalWidth).map(image => image.src),
    charts: drawn.length,
    bars: drawn.reduce((bars, chart) => bars + chart.querySelectorAll('rect').length, 0),
    rows: [...document.querySelectorAll('td')].filter(cell => cell.getBoundingClientRect().height > 0).length,
    is_too_wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  });
});</script>";

/// A page as it was shown.
#[derive(Debug, Deserialize)]
pub(crate) struct Shown {
    /// What it fetched besides itself.
    pub(crate) fetched: Vec<String>,
    /// Pictures that aren't there.
    pub(crate) missing: Vec<String>,
    /// Drawings one can see.
    pub(crate) charts: usize,
    /// Bars in them.
    pub(crate) bars: usize,
    /// Cells of tables one can see.
    pub(crate) rows: usize,
    /// Whether one has to scroll aside.
    pub(crate) is_too_wide: bool,
    /// What was written to the console.
    #[serde(skip)]
    pub(crate) console: Vec<String>,
}

/// The browser that the test command prepared.
pub(crate) fn browser() -> Option<PathBuf> {
    prepared("SEINHUIS_CHROMIUM")
}

/// Shows a page, on a screen as wide as a small laptop's.
pub(crate) fn shown(browser: &Path, html: &str) -> Shown {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    std::fs::write(&page, html.replace("</body>", &format!("{LOOK}</body>"))).unwrap();
    let mut chromium = Command::new(browser);
    chromium.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]);
    chromium.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    chromium.args(["--disable-dev-shm-usage", "--window-size=1280,800", "--enable-logging=stderr"]);
    chromium.arg(format!("--user-data-dir={}", folder.path().join("profile").display()));
    chromium.args(["--virtual-time-budget=10000", "--dump-dom"]);
    let output = chromium.arg(format!("file://{}", page.display())).output().unwrap();
    let (dom, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{log}");
    let title = dom.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).unwrap().0;
    let mut shown: Shown =
        serde_json::from_str(title).unwrap_or_else(|error| panic!("{error}: {title}\n{log}"));
    shown.console = log.lines().filter(|line| line.contains(":CONSOLE")).map(str::to_owned).collect();
    shown
}

#[test]
fn a_page_that_lacks_a_picture_breaks_a_script_or_runs_off_the_screen_is_told() {
    let Some(browser) = browser() else { return };
    let whole = "<html><body><svg width=300 height=100><rect width=9 height=9 /></svg><table><tr><td>1</td></tr></table></body></html>";
    let good = shown(&browser, whole);
    assert_eq!((good.charts, good.bars, good.rows), (1, 1, 1), "{good:?}");
    assert!(good.console.is_empty() && good.missing.is_empty() && good.fetched.is_empty(), "{good:?}");
    assert!(!good.is_too_wide, "{good:?}");
    let bad = shown(
        &browser,
        "<html><body><img src='nowhere.png'><p style='width: 2000px'>wide</p><script>undone()</script></body></html>",
    );
    assert_eq!(bad.missing.len(), 1, "{bad:?}");
    assert!(bad.is_too_wide && bad.charts == 0, "{bad:?}");
    assert!(bad.console.iter().any(|line| line.contains("undone")), "{bad:?}");
}
