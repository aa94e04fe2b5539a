//! Stagnation, noisily: a case that was handed over as often as its policy allows (pingpong).

use super::{Alarm, Moment};
use crate::versions::CaseVersion;

pub(super) fn alarm(case: &CaseVersion, moment: Moment<'_>) -> Option<Alarm> {
    let (ladder, _) = moment.ladder(case)?;
    let (times, most) = (case.head.handovers, ladder.handovers_max);
    (times >= most).then_some(Alarm::PingPong { times, most })
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::report::scene::{case, directory, opened_at};

    #[test]
    fn it_is_there_from_the_policys_last_handover_on() {
        let directory = directory();
        let moment = Moment { at: opened_at(), directory: &directory };
        let mut case = case(1);
        for (handovers, there) in [(2, false), (3, true), (4, true)] {
            case.head.handovers = handovers;
            assert_eq!(alarm(&case, moment).is_some(), there, "{handovers}");
        }
    }
}
