//! The faults of the matrix: what is done to which process or server, and which processes there are for it.

use std::fmt;

use seinhuis_testkit::{Placed, ROLES};

/// What happens to a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blow {
    /// SIGKILL; it is started again at once.
    Kill,
    /// SIGSTOP, and SIGCONT after some seconds: longer than a lease lives.
    Pause,
    /// SIGTERM, and started again when it has ended.
    Restart,
}

/// A server of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    Postgres,
    Nats,
}

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Of the only process of a role; of `ingest`, of one of two.
    Alone(Blow, &'static str),
    /// Of the process that has the lease, while another stands by.
    Leading(Blow, &'static str),
    /// Of a server.
    Of(Blow, Server),
    /// What the bus keeps is thrown away.
    NatsWiped,
    /// There is no bus from the beginning to the end.
    NatsAway,
    /// For some seconds no way leads from a role to a server.
    Cut(&'static str, Server),
    /// The process that stands by has a clock so many hours of the hub before or behind the others', and takes over.
    Clock(&'static str, i64),
    /// Every process is restarted, one after the other, under many signals.
    Rolling,
    /// Of every two processes one is of the next version; then all are.
    Versions,
}

/// The roles of which one process is at work at a time.
pub(crate) fn followers() -> impl Iterator<Item = &'static str> {
    ROLES.into_iter().filter(|role| !matches!(*role, "ingest" | "monitor"))
}

impl Fault {
    /// All of them, in the order of the table.
    pub(crate) fn all() -> Vec<Self> {
        use Blow::{Kill, Pause, Restart};
        let mut all = Vec::new();
        for blow in [Kill, Pause, Restart] {
            all.extend(ROLES.into_iter().map(|role| Self::Alone(blow, role)));
            all.push(Self::Of(blow, Server::Postgres));
            // Wiping it is a restart in order already.
            all.extend((blow != Restart).then_some(Self::Of(blow, Server::Nats)));
        }
        for blow in [Kill, Pause, Restart] {
            all.extend(followers().map(|role| Self::Leading(blow, role)));
        }
        all.extend([Self::NatsWiped, Self::NatsAway]);
        let cut = ["ingest", "casework", "projections", "escalation", "notify", "proof"];
        all.extend(cut.map(|role| Self::Cut(role, Server::Postgres)));
        all.extend(["casework", "relay"].map(|role| Self::Cut(role, Server::Nats)));
        all.extend(
            [("escalation", 72), ("escalation", -72), ("casework", 72), ("notify", -72)]
                .map(|(role, hours)| Self::Clock(role, hours)),
        );
        all.extend([Self::Rolling, Self::Versions]);
        all
    }

    /// The few that every run of the tests has: one of each sort that finds most.
    pub(crate) fn few() -> Vec<Self> {
        vec![
            Self::Leading(Blow::Kill, "casework"),
            Self::Leading(Blow::Pause, "notify"),
            Self::Alone(Blow::Kill, "ingest"),
            Self::Alone(Blow::Restart, "projections"),
            Self::Of(Blow::Kill, Server::Postgres),
            Self::NatsWiped,
        ]
    }

    /// The processes it needs, where those of a role that is struck may have settings of their own.
    pub(crate) fn plan(self) -> Vec<Placed> {
        let mut plan = Placed::split();
        match self {
            Self::Leading(_, role) | Self::Clock(role, _) => plan.push(Placed::role(role)),
            Self::Rolling | Self::Versions => plan.extend(followers().map(Placed::role)),
            _ => {}
        }
        plan
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alone(blow, role) => write!(f, "{blow} {role}"),
            Self::Leading(blow, role) => write!(f, "{blow} leading {role}"),
            Self::Of(blow, server) => write!(f, "{blow} {server}"),
            Self::NatsWiped => f.write_str("wipe nats"),
            Self::NatsAway => f.write_str("no nats"),
            Self::Cut(role, server) => write!(f, "cut {role} from {server}"),
            Self::Clock(role, hours) => write!(f, "clock of {role} {hours:+} h"),
            Self::Rolling => f.write_str("rolling restart"),
            Self::Versions => f.write_str("version beside version"),
        }
    }
}

impl fmt::Display for Blow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kill => "kill",
            Self::Pause => "pause",
            Self::Restart => "restart",
        })
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "postgres",
            Self::Nats => "nats",
        })
    }
}
