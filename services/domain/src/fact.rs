//! What the log must know of an event besides its payload.

use crate::area::AreaCode;
use crate::sealed::Sealed;

/// An event the log can store.
///
/// Event enums serialise adjacently tagged, `#[serde(tag = "type", content = "data")]`, each variant renamed to its
/// stored name (`case.rung_reached`). `DomainEvent::event_type` answers that same name and
/// `DomainEvent::event_version` the integer schema version as text. Both are pinned by golden files: a Rust rename
/// can never change what is on disk.
pub trait Fact: cqrs_es::DomainEvent {
    /// The area this fact is about: the routing key of its row. `None` for facts about no place.
    fn area(&self) -> Option<&AreaCode> {
        None
    }

    /// The sealed personal part. It travels beside the payload and is never serialised into it (INV-9).
    fn sealed(&self) -> Option<&Sealed> {
        None
    }

    /// Puts the sealed part back after loading.
    fn attach_sealed(&mut self, _sealed: Sealed) {}
}
