//! Which read models share a file and a follower. A group that stops stops alone.

use seinhuis_projections::Model;

/// One file of read models.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// The file's name, and the follower's.
    pub name: &'static str,
    /// What is in it.
    pub models: &'static [Model],
}

/// What people look at.
pub const VIEWS: Group = Group { name: "views", models: Model::ASKED };

/// What casework looks at.
pub const MATCHING: Group = Group { name: "matching", models: &[Model::Matching] };

/// What escalation looks at.
pub const TIMERS: Group = Group { name: "timers", models: &[Model::Timers] };

/// What notify looks at.
pub const NOTICES: Group = Group { name: "notices", models: &[Model::Notices] };

/// What the past is looked up in.
pub const VERSIONS: Group = Group { name: "versions", models: &[Model::Versions, Model::Flow] };

/// How far the feed is published: no tables, and nothing to be rebuilt.
pub const RELAY: Group = Group { name: "relay", models: &[Model::Relay] };

/// All that have tables.
pub const GROUPS: &[&Group] = &[&VIEWS, &MATCHING, &TIMERS, &NOTICES, &VERSIONS];
