//! The table: what each crate may see, and why. DESIGN section 3 in a form that can be checked; a change here is a
//! change of the architecture and asks for an ADR.

/// What a crate of the workspace may see of the other ones.
pub(super) struct Sight {
    pub(super) who: &'static str,
    pub(super) sees: Reach,
    pub(super) because: &'static str,
}

/// How far a crate sees.
pub(super) enum Reach {
    /// These crates and no other.
    Only(&'static [&'static str]),
    /// Every crate.
    All,
}

/// Crates from outside that only some of ours may use.
pub(super) struct Confined {
    /// A name, or the beginning of one when it ends in `*`.
    pub(super) what: &'static [&'static str],
    pub(super) only_in: &'static [&'static str],
    pub(super) because: &'static str,
}

/// Crates from outside that one of ours may never use.
pub(super) struct Barred {
    pub(super) who: &'static str,
    pub(super) from: &'static [&'static str],
    pub(super) because: &'static str,
}

const LOG_READERS: Reach = Reach::Only(&[
    "seinhuis-bus",
    "seinhuis-domain",
    "seinhuis-eventstore",
    "seinhuis-projections",
    "seinhuis-runtime",
]);
const EDGES: Reach = Reach::Only(&[
    "seinhuis-bus",
    "seinhuis-contract",
    "seinhuis-domain",
    "seinhuis-eventstore",
    "seinhuis-projections",
    "seinhuis-runtime",
]);
const ROLES_MEET_IN_THE_LOG: &str =
    "roles never call each other, they meet in the log; a role may ask a read model";

#[rustfmt::skip]
pub(super) const SIGHT: &[Sight] = &[
    Sight { who: "seinhuis-domain", sees: Reach::Only(&[]), because: "the rules stand on nothing of ours, so that they can be judged alone" },
    Sight { who: "seinhuis-runtime", sees: Reach::Only(&[]), because: "the machine below everything knows nothing of cases" },
    Sight { who: "seinhuis-contract", sees: Reach::Only(&["seinhuis-domain"]), because: "the contract translates to and from the domain, nothing more" },
    Sight { who: "seinhuis-bus", sees: Reach::Only(&["seinhuis-runtime"]), because: "the bus says that there is more, never what" },
    Sight { who: "seinhuis-eventstore", sees: Reach::Only(&["seinhuis-domain", "seinhuis-runtime"]), because: "the log serves every role and knows none" },
    Sight { who: "seinhuis-projections", sees: Reach::Only(&["seinhuis-domain", "seinhuis-eventstore", "seinhuis-runtime"]), because: "a read model is a function of the log" },
    Sight { who: "seinhuis-auditor", sees: Reach::Only(&["seinhuis-domain", "seinhuis-eventstore", "seinhuis-runtime"]), because: "a second look is worth nothing if it looks through the eyes of the first" },
    Sight { who: "seinhuis-ingest", sees: EDGES, because: ROLES_MEET_IN_THE_LOG },
    Sight { who: "seinhuis-monitor", sees: EDGES, because: ROLES_MEET_IN_THE_LOG },
    Sight { who: "seinhuis-casework", sees: LOG_READERS, because: ROLES_MEET_IN_THE_LOG },
    Sight { who: "seinhuis-escalation", sees: LOG_READERS, because: ROLES_MEET_IN_THE_LOG },
    Sight { who: "seinhuis-notify", sees: LOG_READERS, because: ROLES_MEET_IN_THE_LOG },
    Sight { who: "seinhuis-relay", sees: LOG_READERS, because: ROLES_MEET_IN_THE_LOG },
    Sight { who: "seinhuis-verifier", sees: Reach::Only(&[]), because: "whoever doubts the hub must not have to trust its code" },
    Sight { who: "seinhuis", sees: Reach::All, because: "the binary puts everything together" },
    Sight { who: "seinhuis-sim", sees: Reach::Only(&["seinhuis-auditor", "seinhuis-domain", "seinhuis-escalation", "seinhuis-eventstore", "seinhuis-notify", "seinhuis-projections", "seinhuis-runtime"]), because: "the simulation has what fires timers and tells people take their steps, and nothing that waits for a machine" },
    Sight { who: "seinhuis-testkit", sees: Reach::All, because: "a scene needs the whole hub" },
    Sight { who: "seinhuis-tests", sees: Reach::All, because: "the tests look at the whole hub" },
    Sight { who: "xtask", sees: Reach::Only(&[]), because: "the gate must build in seconds and judge a tree that does not compile" },
];

pub(super) const CONFINED: &[Confined] = &[
    Confined {
        what: &["sqlx", "sqlx-*", "libsqlite3-sys", "rusqlite", "tokio-postgres"],
        only_in: &["seinhuis-eventstore", "seinhuis-projections"],
        because: "only the log and the read models know that there is a database",
    },
    Confined {
        what: &["tonic", "tonic-*"],
        only_in: &[
            "seinhuis",
            "seinhuis-contract",
            "seinhuis-ingest",
            "seinhuis-monitor",
            "seinhuis-testkit",
            "seinhuis-tests",
        ],
        because: "gRPC stays at the edges",
    },
    Confined {
        what: &["async-nats", "nats"],
        only_in: &["seinhuis-bus"],
        because: "only the bus knows what carries a wake-up",
    },
    Confined {
        what: &["opentelemetry-prometheus", "opentelemetry-proto", "prometheus"],
        only_in: &["seinhuis-runtime", "seinhuis-testkit", "seinhuis-tests"],
        because: "roles and doors tell what they do by callbacks: what it is measured with is the runtime's",
    },
    Confined {
        what: &["getrandom", "rand", "rand_*", "fastrand"],
        only_in: &["seinhuis-runtime", "seinhuis-sim"],
        because: "randomness is an argument (INV-13): only the runtime asks the machine, and the simulation draws from its seed",
    },
];

pub(super) const BARRED: &[Barred] = &[Barred {
    who: "seinhuis-domain",
    from: &[
        "async-nats",
        "axum",
        "clap",
        "futures",
        "getrandom",
        "hyper",
        "lettre",
        "prost",
        "reqwest",
        "sqlx",
        "tokio",
        "tokio-*",
        "tonic",
        "tracing-*",
        "ureq",
    ],
    because: "the domain is pure: no IO, no runtime, no wire, no clock, no environment",
}];
