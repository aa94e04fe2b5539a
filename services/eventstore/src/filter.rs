//! Which events a reader wants to see.

use seinhuis_domain::area::AreaCode;

/// What an event has to be to pass. The default lets everything through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Routed to exactly this area. Areas inside it have codes of their own.
    pub area: Option<AreaCode>,
    /// Stored under this name, as in `case.rung_reached`.
    pub name: Option<String>,
}
