//! Which steps of its schema something has had, against those that this program knows.

use std::path::Path;

use sqlx::{ConnectOptions, Connection};

use crate::backend::{Steps, reading};
use crate::fault::Fault;

/// How a schema stands to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Nobody has made it yet.
    NotMade,
    /// This program works with it as it is.
    Fits,
    /// It lacks steps, which the hub takes when it starts.
    Older {
        /// The steps it has had.
        done: u32,
        /// The steps known here.
        known: u32,
    },
    /// It needs a later program than this one.
    Newer {
        /// The steps it has had.
        done: u32,
        /// The steps known here.
        known: u32,
    },
}

impl Schema {
    /// `done` steps were taken, and who works with them must know `oldest`.
    pub(crate) fn of(done: u32, oldest: u32, known: u32) -> Self {
        match () {
            () if done == 0 => Self::NotMade,
            () if oldest > known => Self::Newer { done, known },
            () if done < known => Self::Older { done, known },
            () => Self::Fits,
        }
    }
}

/// The schema of the file at `path`.
pub(crate) async fn of_file(path: &Path, steps: &Steps) -> Result<Schema, Fault> {
    if !path.exists() {
        return Ok(Schema::NotMade);
    }
    let failed = || Fault::database("look at its schema");
    let mut file = reading(path).connect().await.map_err(failed())?;
    let asked = sqlx::query_as(
        "SELECT a.application_id, u.user_version FROM pragma_application_id a, pragma_user_version u",
    );
    let (owner, done): (i64, i64) = asked.fetch_one(&mut file).await.map_err(failed())?;
    file.close().await.map_err(failed())?;
    if owner != steps.application && (owner, done) != (0, 0) {
        let (path, reason) = (path.display().to_string(), "it belongs to another program".to_owned());
        return Err(Fault::Foreign { path, what: steps.what, reason });
    }
    let done = u32::try_from(done).unwrap_or(u32::MAX);
    Ok(Schema::of(done, done, steps.known))
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_later_schema_fits_as_long_as_it_says_that_this_program_may_work_with_it() {
        assert_eq!(Schema::of(0, 0, 2), Schema::NotMade);
        assert_eq!(Schema::of(1, 1, 2), Schema::Older { done: 1, known: 2 });
        assert_eq!(Schema::of(2, 1, 2), Schema::Fits);
        assert_eq!(Schema::of(3, 2, 2), Schema::Fits);
        assert_eq!(Schema::of(3, 3, 2), Schema::Newer { done: 3, known: 2 });
    }
}
