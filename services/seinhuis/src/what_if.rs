//! What a draft would have done, as files: every climb that differs as CSV, and the work of each person as a page.

pub(crate) mod csv;
pub(crate) mod page;
