//! A hub that serves, from one process or many.

use anyhow::{Context, ensure};

use crate::process::HubProcess;

/// The processes of a serving hub. They are killed when this is dropped.
#[derive(Debug)]
pub struct Served {
    /// With the roles of each; `None` for all of them.
    processes: Vec<(Option<String>, HubProcess)>,
}

impl Served {
    pub(crate) fn new(processes: Vec<(Option<String>, HubProcess)>) -> Self {
        Self { processes }
    }

    /// The one process of a hub that has one.
    pub(crate) fn only(mut self) -> anyhow::Result<HubProcess> {
        ensure!(self.processes.len() == 1, "it has {} processes", self.processes.len());
        Ok(self.processes.remove(0).1)
    }

    /// Where partners report.
    ///
    /// # Panics
    /// When no process has the role.
    pub fn ingest(&self) -> &str {
        &self.process("ingest", 1).url
    }

    /// Where everything else is asked.
    ///
    /// # Panics
    /// When no process has the role.
    pub fn monitor(&self) -> &str {
        &self.process("monitor", 1).url
    }

    /// The processes that have a role, in the order of the plan.
    pub fn with_role(&self, role: &str) -> impl Iterator<Item = &HubProcess> {
        let has = move |roles: &Option<String>| {
            roles.as_deref().is_none_or(|roles| roles.split(',').any(|own| own == role))
        };
        self.processes.iter().filter(move |(roles, _)| has(roles)).map(|(_, process)| process)
    }

    /// The process of a role, counted from 1 in the order of the plan.
    ///
    /// # Panics
    /// When there are fewer.
    pub fn process(&self, role: &str, number: usize) -> &HubProcess {
        let found = self.with_role(role).nth(number - 1);
        found.unwrap_or_else(|| panic!("there is no process {number} with the role {role}"))
    }

    /// All processes.
    pub fn processes(&self) -> impl Iterator<Item = &HubProcess> {
        self.processes.iter().map(|(_, process)| process)
    }

    /// Asks all that run to stop (SIGTERM), waits, and gives the highest exit code, or -1 when a signal ended one. Who
    /// signs the log comes last, so that what the others still wrote is signed too.
    pub fn stop(&self) -> anyhow::Result<i32> {
        let runs = |process: &&HubProcess| process.is_running();
        let signs =
            |process: &&HubProcess| self.with_role("proof").any(|other| std::ptr::eq(*process, other));
        let (last, first): (Vec<_>, Vec<_>) = self.processes().filter(runs).partition(signs);
        let mut codes = Vec::new();
        for together in [first, last] {
            together.iter().try_for_each(|process| process.ask_to_stop())?;
            for process in together {
                codes.push(process.ended().with_context(|| format!("{} can't be stopped", process.name()))?);
            }
        }
        let by_signal = codes.contains(&-1).then_some(-1);
        Ok(by_signal.or(codes.into_iter().max()).unwrap_or(0))
    }

    /// Ends all of them at once (SIGKILL).
    pub fn kill(&self) -> anyhow::Result<()> {
        self.processes().try_for_each(HubProcess::kill)
    }
}
