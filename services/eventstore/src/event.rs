//! Events on their way into the log and out of it.

use cqrs_es::Aggregate;
use jiff::Timestamp;
use seinhuis_domain::area::{AreaCode, ImportedAreas};
use seinhuis_domain::case::Case;
use seinhuis_domain::event::Event;
use seinhuis_domain::fact::Fact;
use seinhuis_domain::notice::Notice;
use seinhuis_domain::partner::Partner;
use seinhuis_domain::person::Person;
use seinhuis_domain::profile::AdoptedProfile;
use seinhuis_domain::sealed::Sealed;
use seinhuis_domain::signal::Signal;
use seinhuis_domain::subject::Subject;

use crate::codec;
use crate::fault::Fault;
use crate::position::Position;
use crate::stream::StreamId;

/// Who does something, when, and in which trace. The same for every event of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// A short name, as in `partner:wonion` or `role:escalation`. Never a person's name.
    pub actor: String,
    /// The hub's time, stored as `recorded_at` in whole microseconds.
    pub at: Timestamp,
    /// The W3C `traceparent` of the request.
    pub trace: Option<String>,
}

/// One event as it is to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The stored name, as in `case.rung_reached`.
    pub name: String,
    /// The version of the payload's shape.
    pub schema: u32,
    /// When the hub took it in; whole microseconds are stored.
    pub recorded_at: Timestamp,
    /// The routing key.
    pub area: Option<AreaCode>,
    /// Who did it.
    pub actor: String,
    /// The W3C `traceparent`.
    pub trace: Option<String>,
    /// JSON, stored and hashed byte for byte. Nothing personal.
    pub payload: Vec<u8>,
    /// The personal part, sealed.
    pub sealed: Option<Sealed>,
}

impl NewEvent {
    /// The stored form of `fact`.
    pub fn of<E: Fact>(fact: &E, context: &Context) -> Result<Self, Fault> {
        codec::encode(fact, context)
    }

    /// About how much room it takes, in bytes.
    pub(crate) fn size(&self) -> usize {
        let sealed = self.sealed.as_ref().map_or(0, |sealed| sealed.bytes.len() + 16 * sealed.keys.len());
        let text = self.name.len() + self.actor.len() + self.trace.as_ref().map_or(0, String::len);
        self.payload.len() + sealed + text + 128
    }
}

/// Events for one stream, stored all together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// Where they go.
    pub stream: StreamId,
    /// The version the stream must have: the number of events in it. 0 for a new stream.
    pub expected_version: u64,
    /// At least one.
    pub events: Vec<NewEvent>,
}

/// What an append did. It is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The first event's place.
    pub first: Position,
    /// The last event's place.
    pub last: Position,
    /// The stream's version now.
    pub version: u64,
}

impl Appended {
    /// The same, `before` places further on.
    pub(crate) fn after(self, before: u64) -> Self {
        Self { first: Position(self.first.0 + before), last: Position(self.last.0 + before), ..self }
    }
}

/// What a command did. It is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// Where the stream's last event stands, after this command. [`Position::START`] for a stream still empty.
    pub position: Position,
    /// The stream's version now.
    pub version: u64,
    /// When that last event was recorded; the command's own time for a stream still empty.
    pub recorded_at: Timestamp,
    /// `false`: the command had nothing to add, and this is what was there already.
    pub fresh: bool,
}

/// One event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the log.
    pub position: Position,
    /// Its stream.
    pub stream: StreamId,
    /// Its place in the stream: 1, 2, 3 …
    pub version: u64,
    /// Its stored name.
    pub name: String,
    /// The version of its payload's shape.
    pub schema: u32,
    /// When the hub took it in.
    pub recorded_at: Timestamp,
    /// The routing key.
    pub area: Option<AreaCode>,
    /// Who did it.
    pub actor: String,
    /// The W3C `traceparent`.
    pub trace: Option<String>,
    /// The JSON that was hashed, byte for byte.
    pub payload: Vec<u8>,
    /// The personal part, sealed.
    pub sealed: Option<Sealed>,
    /// The leaf hash ([`crate::leaf`]).
    pub leaf: [u8; 32],
}

impl Recorded {
    /// The event itself, brought up to the present schema, with its sealed part put back.
    pub fn decode<E: Fact>(&self) -> Result<E, Fault> {
        codec::decode(self, crate::upcast::UPCASTERS)
    }

    /// Whether it is stored as this program would store `fact`, byte for byte.
    pub fn is_stored_form_of<E: Fact>(&self, fact: &E) -> bool {
        codec::payload(fact).is_ok_and(|(name, payload)| (&name, &payload) == (&self.name, &self.payload))
    }

    /// The event as one of all there are: which aggregate it belongs to, its stream says.
    pub fn event(&self) -> Result<Event, Fault> {
        match self.stream.kind() {
            Signal::TYPE => self.decode().map(Event::Signal),
            Case::TYPE => self.decode().map(Event::Case),
            Notice::TYPE => self.decode().map(Event::Notice),
            Subject::TYPE => self.decode().map(Event::Subject),
            AdoptedProfile::TYPE => self.decode().map(Event::Profile),
            ImportedAreas::TYPE => self.decode().map(Event::Areas),
            Partner::TYPE => self.decode().map(Event::Partner),
            Person::TYPE => self.decode().map(Event::Person),
            _ => Err(Fault::UnknownEvent {
                position: self.position,
                name: self.name.clone(),
                schema: self.schema,
            }),
        }
    }
}

/// A stretch of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// In order of position, without gaps.
    pub events: Vec<Recorded>,
    /// The end of the log as far as this read could see; never before the last event of the page.
    pub head: Position,
}
