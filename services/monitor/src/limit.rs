//! How many of something a caller may have at a time (INV-11).

use seinhuis_contract::status::Problem;

/// A bound the caller may lower.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    /// What the contract calls it.
    pub(crate) field: &'static str,
    /// What he gets who doesn't say.
    pub(crate) usual: u32,
    /// The most.
    pub(crate) most: u32,
}

impl Limit {
    /// The bound for somebody who asked for `wanted`; 0 says nothing.
    pub(crate) fn of(self, wanted: u32) -> Result<usize, Problem> {
        match wanted {
            0 => Ok(self.usual as usize),
            wanted if wanted <= self.most => Ok(wanted as usize),
            too_many => {
                let rule = format!("0 to {}", self.most);
                Err(Problem::field(self.field, &too_many.to_string(), &rule))
            }
        }
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn nothing_said_is_the_usual_and_too_much_is_refused_by_its_field() {
        let limit = Limit { field: "page_size", usual: 100, most: 1_000 };
        assert_eq!(limit.of(0), Ok(100));
        assert_eq!(limit.of(1_000), Ok(1_000));
        assert!(matches!(limit.of(1_001), Err(Problem::Invalid(v)) if v[0].field == "page_size"));
    }
}
