//! The seam through which old events stay readable for ever: each step lifts a payload one schema version up.

use serde_json::Value;

/// Every step there is. A schema version goes up together with a line here and a golden file of the old form.
pub(crate) const UPCASTERS: &[Upcaster] = &[];

/// One step for one type of event.
pub(crate) struct Upcaster {
    /// The stored name.
    pub(crate) name: &'static str,
    /// The schema it reads; it writes the next one.
    pub(crate) from: u32,
    /// The change itself.
    pub(crate) step: fn(Value) -> Value,
}

/// The payload at the newest schema `table` leads to, or `None` when no step starts at this one.
pub(crate) fn upcast(
    table: &[Upcaster],
    name: &str,
    schema: u32,
    payload: &[u8],
) -> Result<Option<(u32, Vec<u8>)>, serde_json::Error> {
    let step_from = |schema| table.iter().find(|step| step.from == schema && step.name == name);
    let Some(first) = step_from(schema) else { return Ok(None) };
    let mut value = (first.step)(serde_json::from_slice(payload)?);
    let mut schema = schema + 1;
    while let Some(next) = step_from(schema) {
        value = (next.step)(value);
        schema += 1;
    }
    Ok(Some((schema, serde_json::to_vec(&value)?)))
}
