//! The screen of `seinhuis watch` in a real terminal: tmux runs it, and the test reads what stands there and presses keys.

use std::process::Command;

use seinhuis_contract::kinds::SectorSignal;
use seinhuis_contract::proto::ingest::v1::Common;
use seinhuis_domain::kind::Kind;
use seinhuis_testkit::{Hub, Topology};

use crate::scene::{report, until};

const AREA: &str = "WK150900";

/// A terminal of its own, with a program in it. It ends when this is dropped.
struct Terminal {
    server: String,
}

impl Terminal {
    /// Runs `seinhuis watch` with the token of somebody.
    fn watching(hub: &Hub, url: &str, token: &str) -> Self {
        let watch = hub.command(&["watch"]);
        // Named after the folder, of which there is one for each test.
        let terminal = Self { server: hub.data().display().to_string().replace(['/', '.'], "-") };
        let mut tmux = terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "160", "-y", "45"]);
        tmux.envs(watch.get_envs().filter_map(|(name, value)| Some((name, value?))));
        tmux.env("SEINHUIS_ADDRESS", url).env("SEINHUIS_TOKEN", token);
        tmux.arg(watch.get_program()).args(watch.get_args());
        let started = tmux.output().unwrap();
        assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
        terminal
    }

    fn tmux(&self, arguments: &[&str]) -> Command {
        let mut tmux = Command::new("tmux");
        tmux.args(["-L", &self.server]).args(arguments);
        tmux
    }

    /// What stands on it; none when the program has ended.
    fn screen(&self) -> Option<String> {
        let seen = self.tmux(&["capture-pane", "-p"]).output().unwrap();
        seen.status.success().then(|| String::from_utf8_lossy(&seen.stdout).into_owned())
    }

    /// Waits until something stands on it.
    fn shows(&self, text: &str) -> String {
        until(|| self.screen().unwrap_or_else(|| "it has ended".to_owned()), |screen| screen.contains(text))
    }

    fn press(&self, keys: &[&str]) {
        assert!(self.tmux(&["send-keys"]).args(keys).status().unwrap().success());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.tmux(&["kill-server"]).output();
    }
}

async fn reported(url: &str, token: &str, reference: &str) {
    let at = jiff::Timestamp::from_second(1_767_225_600).unwrap();
    let common = Common {
        reference: reference.into(),
        occurred_at: Some(seinhuis_contract::time::to_wire(at)),
        area_code: AREA.into(),
        urgency: 1,
        ..Default::default()
    };
    let signal = SectorSignal::new(Kind::from_code("housing.fin.hua").unwrap(), common);
    report(url, token, signal).await;
}

async fn a_screen_is_read_and_keys_are_pressed(topology: Topology) {
    let hub = topology.hub("oude-ijsselstreek").unwrap();
    let (wonion, regisseur) = (hub.partner("wonion").unwrap(), hub.person("gebiedsregisseur-ulft").unwrap());
    let served = topology.serve(&hub).unwrap();
    let door = served.with_role("ingest").map(|process| process.url.clone()).next().unwrap();
    let terminal = Terminal::watching(&hub, served.monitor(), &regisseur);

    terminal.shows("all areas");
    reported(&door, &wonion, "scherm-1").await;
    terminal.shows("signal.reported");
    terminal.shows("case.opened");
    let all = terminal.shows("housing");
    for panel in ["signals", "followers", "timers", "notices", "refusals", "casework"] {
        assert!(all.contains(panel), "{panel}:\n{all}");
    }

    // One area, and one there isn't.
    terminal.press(&["a", AREA, "Enter"]);
    terminal.shows(&format!("{AREA}  position"));
    terminal.shows("signal.reported");
    terminal.press(&["a", "nergens", "Enter"]);
    terminal.shows("no facts: ");
    terminal.press(&["a", "Enter"]);
    terminal.shows("all areas");

    // What comes while it stands still is seen afterwards.
    terminal.shows("case.opened");
    terminal.press(&["p"]);
    let still = terminal.shows("PAUSED");
    reported(&door, &wonion, "scherm-2").await;
    let ask = || hub.ask(served.monitor(), &regisseur, &["pipeline", "--json"]).unwrap();
    let reported_two = |said: &seinhuis_testkit::Said| {
        let Ok(pipeline) = said.json() else { return false };
        let tallies = pipeline["tallies"].as_array().unwrap();
        tallies.iter().any(|tally| tally["name"] == "signals.housing" && tally["count"] == "2")
    };
    until(ask, reported_two);
    let signals = |screen: &str| screen.matches("signal.reported").count();
    assert_eq!(signals(&terminal.shows("PAUSED")), signals(&still));
    terminal.press(&["p"]);
    until(|| terminal.screen().unwrap_or_default(), |screen| signals(screen) > signals(&still));

    terminal.press(&["q"]);
    until(|| terminal.screen(), Option::is_none);
    assert_eq!(served.stop().unwrap(), 0, "{}", hub.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_shows_how_the_hub_flows_and_answers_to_keys() {
    a_screen_is_read_and_keys_are_pressed(Topology::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_shows_how_the_hub_flows_and_answers_to_keys_when_split() {
    a_screen_is_read_and_keys_are_pressed(Topology::Split).await;
}
