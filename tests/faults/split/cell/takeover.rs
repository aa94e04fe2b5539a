//! When a successor was at work, as seen from outside: it holds the lease, and something was done that the one before it cannot
//! have done.

use super::strike::Struck;
use crate::history::{Moment, Takeover};
use crate::watch::Seen;

impl Struck {
    /// The moment of the first work after the fault.
    pub(crate) fn work_of_successor(&self, seen: &Seen) -> Option<Moment> {
        let leads = match self.role {
            // Any number of these is at work at a time.
            "ingest" | "monitor" => self.at,
            role => seen.leases.iter().find(|(moment, lease)| *moment >= self.at && lease.lease == role)?.0,
        };
        let by_events = seen.log.iter().filter(|entry| entry.position > self.head && self.did(&entry.actor));
        let by_events = by_events.filter_map(|entry| seen.moment_of(entry.position));
        // The read models that people look at are kept by `projections`, and called by what they are.
        let follower = if self.role == "projections" { "views" } else { self.role };
        let places = seen.followers.get(follower);
        let by_progress =
            places.into_iter().flatten().filter(|(_, at)| *at > self.head).map(|(moment, _)| *moment);
        let work = by_events.chain(by_progress).filter(|moment| *moment >= leads).min();
        // Of a role that leaves no trace where we look, holding the lease is all there is to see.
        if places.is_none() && !self.leaves_events() { Some(leads) } else { work }
    }

    /// Whether what `actor` did went through the role that was struck.
    fn did(&self, actor: &str) -> bool {
        match self.role {
            "ingest" => actor.starts_with("partner:"),
            "monitor" => actor.starts_with("person:"),
            role => actor.strip_prefix("role:") == Some(role),
        }
    }

    fn leaves_events(&self) -> bool {
        matches!(self.role, "ingest" | "monitor" | "casework" | "escalation" | "notify" | "erasure")
    }

    /// How long it took, and whether that is to be judged.
    pub(crate) fn takeover(&self, seen: &Seen) -> (Option<Moment>, Option<Takeover>) {
        let took = self.work_of_successor(seen).map(|work| work.saturating_sub(self.at));
        let judged = self.stood_by.then(|| Takeover { role: self.role.to_owned(), took });
        (took, judged)
    }
}
