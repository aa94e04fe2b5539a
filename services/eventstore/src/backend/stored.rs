//! A row as any backend stores it, and the event in it.

use jiff::Timestamp;
use seinhuis_domain::area::AreaCode;
use seinhuis_domain::ids::SubjectId;
use seinhuis_domain::sealed::Sealed;

use crate::event::Recorded;
use crate::fault::Fault;
use crate::position::Position;
use crate::stream::StreamId;

/// The columns of a row, in the order in which every backend selects them.
pub(super) const COLUMNS: &str = "position, stream, version, type, schema, recorded_at, area, actor, trace, payload, \
                                  sealed_keys, sealed, leaf";

/// The columns as they are, text as bytes: what is stored may be broken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored<'r> {
    pub(super) position: i64,
    pub(super) stream: &'r [u8],
    pub(super) version: i64,
    pub(super) name: &'r [u8],
    pub(super) schema: i64,
    pub(super) recorded_at: i64,
    pub(super) area: Option<&'r [u8]>,
    pub(super) actor: &'r [u8],
    pub(super) trace: Option<&'r [u8]>,
    pub(super) payload: &'r [u8],
    pub(super) sealed_keys: Option<&'r [u8]>,
    pub(super) sealed: Option<&'r [u8]>,
    pub(super) leaf: &'r [u8],
}

impl Stored<'_> {
    /// The event, or what about the row is no event, without any of its content.
    pub(super) fn recorded(&self) -> Result<Recorded, Fault> {
        let position = Position(u64::try_from(self.position).unwrap_or_default());
        let corrupt = |what: &str| Fault::Corrupt { position, what: what.to_owned() };
        let text = |bytes, what| std::str::from_utf8(bytes).map_err(|_| corrupt(what));
        let area = self.area.map(|area| text(area, "its area isn't text")).transpose()?;
        let trace = self.trace.map(|trace| text(trace, "its trace isn't text")).transpose()?;
        Ok(Recorded {
            position,
            stream: StreamId::parse(text(self.stream, "its stream isn't text")?)
                .map_err(|_| corrupt("its stream has no proper name"))?,
            version: u64::try_from(self.version).map_err(|_| corrupt("its version is out of range"))?,
            name: text(self.name, "its type isn't text")?.to_owned(),
            schema: u32::try_from(self.schema).map_err(|_| corrupt("its schema is out of range"))?,
            recorded_at: Timestamp::from_microsecond(self.recorded_at)
                .map_err(|_| corrupt("its recorded_at is no instant"))?,
            area: area.map(AreaCode::new).transpose().map_err(|_| corrupt("its area has no proper code"))?,
            actor: text(self.actor, "its actor isn't text")?.to_owned(),
            trace: trace.map(str::to_owned),
            payload: self.payload.to_vec(),
            sealed: self.envelope().map_err(corrupt)?,
            leaf: self.leaf.try_into().map_err(|_| corrupt("its leaf isn't 32 bytes"))?,
        })
    }

    fn envelope(&self) -> Result<Option<Sealed>, &'static str> {
        let (Some(keys), Some(bytes)) = (self.sealed_keys, self.sealed) else { return Ok(None) };
        let (ids, rest) = keys.as_chunks::<16>();
        if !rest.is_empty() {
            return Err("its key ids aren't 16 bytes each");
        }
        let keys = ids.iter().map(|id| SubjectId(uuid::Uuid::from_bytes(*id))).collect();
        Ok(Some(Sealed { keys, bytes: bytes.to_vec() }))
    }
}

/// The leaf hash at `expected`, which is 32 bytes or no leaf; and what is found at another position isn't it.
pub(super) fn leaf(expected: u64, position: i64, bytes: &[u8]) -> Result<[u8; 32], Fault> {
    let corrupt = |what: &str| Fault::Corrupt { position: Position(expected), what: what.to_owned() };
    if position != expected as i64 {
        return Err(corrupt("it is missing"));
    }
    bytes.try_into().map_err(|_| corrupt("its leaf isn't 32 bytes"))
}
