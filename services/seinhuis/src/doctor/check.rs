//! What a check is, and how it can turn out.

use super::facts::{Facts, Need};

/// How something stands, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// There was nothing to look at, or it couldn't be looked at.
    Skipped,
    /// As it should be.
    Ok,
    /// It works; in earnest it could be better.
    Advice,
    /// It works for now, and will not for long or not for all.
    Warning,
    /// Something is lost, refused or standing still, or will be.
    Failure,
}

impl Verdict {
    /// What it is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Ok => "ok",
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }

    /// The exit code of a command whose worst verdict it is.
    pub fn code(self) -> u8 {
        match self {
            Self::Skipped | Self::Ok | Self::Advice => 0,
            Self::Warning => 1,
            Self::Failure => 2,
        }
    }
}

/// A verdict with its line, and what to do where it isn't a good one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// How it stands.
    pub verdict: Verdict,
    /// One line.
    pub said: String,
    /// What to do about it.
    pub remedy: Option<&'static str>,
}

impl Judged {
    pub(super) fn ok(said: impl Into<String>) -> Judgement {
        Ok(Self { verdict: Verdict::Ok, said: said.into(), remedy: None })
    }

    pub(super) fn advice(said: impl Into<String>, remedy: &'static str) -> Judgement {
        Ok(Self { verdict: Verdict::Advice, said: said.into(), remedy: Some(remedy) })
    }

    pub(super) fn warning(said: impl Into<String>, remedy: &'static str) -> Judgement {
        Ok(Self { verdict: Verdict::Warning, said: said.into(), remedy: Some(remedy) })
    }

    pub(super) fn failure(said: impl Into<String>, remedy: &'static str) -> Judgement {
        Ok(Self { verdict: Verdict::Failure, said: said.into(), remedy: Some(remedy) })
    }
}

/// Why there is no verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Skipped(pub(super) String);

impl Skipped {
    pub(super) fn because(why: impl Into<String>) -> Judgement {
        Err(Self(why.into()))
    }
}

pub(super) type Judgement = Result<Judged, Skipped>;

/// One thing to look at. Its verdict is a function of what was seen.
#[derive(Debug)]
pub struct Check {
    /// What it is about.
    pub group: &'static str,
    /// What it is called in its group.
    pub id: &'static str,
    /// What it looks at, in one line.
    pub looks_at: &'static str,
    pub(super) needs: &'static [Need],
    pub(super) judge: fn(&Facts) -> Judgement,
}

impl Check {
    /// Group and id: `postgres/fsync`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.group, self.id)
    }

    /// Whether somebody who asked for `asked`, a group or a name, means this one.
    pub fn is_meant_by(&self, asked: &str) -> bool {
        asked == self.group || asked == self.name()
    }

    pub(super) fn judged(&self, facts: &Facts) -> Judged {
        (self.judge)(facts).unwrap_or_else(|Skipped(said)| Judged {
            verdict: Verdict::Skipped,
            said,
            remedy: None,
        })
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn the_worst_verdict_decides_about_the_exit_code() {
        let verdicts = [Verdict::Failure, Verdict::Ok, Verdict::Skipped, Verdict::Warning, Verdict::Advice];
        assert_eq!(verdicts.into_iter().max().map(Verdict::code), Some(2));
        assert_eq!([Verdict::Advice, Verdict::Ok].into_iter().max().map(Verdict::code), Some(0));
        assert_eq!([Verdict::Warning, Verdict::Advice].into_iter().max().map(Verdict::code), Some(1));
    }
}
