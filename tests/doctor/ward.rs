//! A hub before and after something was done to it, as the doctor sees it.

use std::collections::BTreeMap;
use std::process::Command;

use seinhuis_testkit::{Hub, free_port};
use serde_json::Value;

/// A fault that is planted, and what the doctor has to make of it.
pub(crate) struct Fault {
    /// What is done.
    pub(crate) what: &'static str,
    /// The checks that turn, each to which verdict. No other one turns to something that isn't well.
    pub(crate) turns: &'static [(&'static str, &'static str)],
    /// Looks, does it, and looks again.
    pub(crate) plant: fn() -> Looks,
}

/// What the doctor said before and after. It knows where none could be planted on this machine.
pub(crate) type Looks = Option<(Looked, Looked)>;

/// What the doctor said of each check.
#[derive(Debug)]
pub(crate) struct Looked(BTreeMap<String, Value>);

impl Looked {
    fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let told: Value = serde_json::from_str(&said)
            .unwrap_or_else(|_| panic!("{said}\n{}", String::from_utf8_lossy(&output.stderr)));
        let code = match told["verdict"].as_str().unwrap() {
            "failure" => 2,
            "warning" => 1,
            _ => 0,
        };
        assert_eq!(output.status.code(), Some(code), "{told:#}");
        let checks = told["checks"].as_array().unwrap().iter();
        Self(checks.map(|check| (check["check"].as_str().unwrap().to_owned(), check.clone())).collect())
    }

    pub(crate) fn verdict(&self, check: &str) -> &str {
        self.0[check]["verdict"].as_str().unwrap()
    }

    /// What isn't well, with all that was said of it.
    pub(crate) fn alarms(&self) -> Vec<&Value> {
        let alarming = |check: &&Value| ["warning", "failure"].contains(&check["verdict"].as_str().unwrap());
        self.0.values().filter(alarming).collect()
    }

    /// What turned since to something that isn't well.
    fn turned(&self, after: &Self) -> Vec<(String, String)> {
        let verdicts = after.0.keys().filter(|name| self.verdict(name) != after.verdict(name));
        let turned = verdicts.filter(|name| !["ok", "skipped"].contains(&after.verdict(name)));
        turned.map(|name| (name.clone(), after.verdict(name).to_owned())).collect()
    }
}

/// What the doctor says of a hub.
pub(crate) fn look(hub: &Hub) -> Looked {
    Looked::of(&mut hub.command(&["doctor", "--json"]))
}

/// The same with more arguments.
pub(crate) fn look_with(hub: &Hub, arguments: &[&str]) -> Looked {
    Looked::of(&mut hub.command(&[&["doctor", "--json"], arguments].concat()))
}

/// The same, run by another command that is given this one: `prlimit`, `env`.
pub(crate) fn look_under(hub: &Hub, program: &str, arguments: &[&str], own: &[&str]) -> Looked {
    let own = hub.command(&[&["doctor", "--json"], own].concat());
    let mut command = Command::new(program);
    command.args(arguments).arg(own.get_program()).args(own.get_args());
    command.envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Looked::of(&mut command)
}

/// Looks, does something to the hub, and looks again.
pub(crate) fn done_to(hub: &Hub, plant: impl FnOnce(&Hub)) -> Looks {
    let before = look(hub);
    plant(hub);
    Some((before, look(hub)))
}

/// The hub with an address to listen on that nobody has.
pub(crate) fn apart(hub: Hub) -> Hub {
    let address = format!("127.0.0.1:{}", free_port().unwrap());
    hub.with("SEINHUIS_LISTEN__ADDRESS", &address)
}

/// Plants each fault of a table, and holds what turned against it.
pub(crate) fn each_turns(table: &[Fault]) {
    for Fault { what, turns, plant } in table {
        let Some((before, after)) = plant() else {
            eprintln!("SKIPPED: {what} can't be planted here");
            continue;
        };
        assert!(before.alarms().is_empty(), "before {what}: {:#?}", before.alarms());
        let mut wanted: Vec<_> = turns.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        wanted.sort();
        assert_eq!(before.turned(&after), wanted, "{what}: {:#?}", after.0);
        for (check, _) in *turns {
            let told = &after.0[*check];
            assert!(told["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()), "{told}");
            assert!(!told["said"].as_str().unwrap().contains('\n'), "{told}");
        }
    }
}
