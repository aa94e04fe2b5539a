//! The wijkanalyse: a short report of an area over a period, in Dutch, as one HTML file that needs nothing beside it. It is
//! made of what the hub answers to anybody, so every figure can be asked for again; the same answers give the same bytes.

mod area_map;
mod page;
mod rows;
mod stretch;

pub use page::{Answers, page};
pub use stretch::{NoStretch, Stretch};
