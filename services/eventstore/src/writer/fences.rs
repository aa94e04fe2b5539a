//! Which fences a group shows, and who is kept out by one that is over.

use super::judge::Proposal;
use crate::fence::Fence;

/// The fences of `proposals`, each once, except those that are known to be `over`.
pub(crate) fn fences<'a>(proposals: &'a [Proposal], over: &[&Fence]) -> Vec<&'a Fence> {
    let mut shown = Vec::new();
    for fence in proposals.iter().filter_map(|proposal| proposal.fence.as_ref()) {
        if !shown.contains(&fence) && !over.contains(&fence) {
            shown.push(fence);
        }
    }
    shown
}

impl Proposal {
    /// The fence that keeps it out, if it shows one that is `over`.
    pub(super) fn kept_out_by(&self, over: &[&Fence]) -> Option<&Fence> {
        self.fence.as_ref().filter(|fence| over.contains(fence))
    }
}

#[cfg(test)]
mod specs {
    use super::*;
    use crate::stream::StreamId;

    fn under(fence: Option<&Fence>) -> Proposal {
        let stream = StreamId::new("light", "a");
        Proposal { fence: fence.cloned(), stream, expected: 0, events: Vec::new(), leaves: Vec::new() }
    }

    #[test]
    fn a_fence_is_shown_once_and_not_again_once_it_is_over() {
        let [old, new] = [1, 2].map(|epoch| Fence { name: "casework".into(), epoch });
        let group = [under(Some(&old)), under(None), under(Some(&new)), under(Some(&old))];
        assert_eq!(fences(&group, &[]), [&old, &new]);
        assert_eq!(fences(&group, &[&old]), [&new]);
        let kept_out: Vec<_> = group.iter().map(|proposal| proposal.kept_out_by(&[&old]).is_some()).collect();
        assert_eq!(kept_out, [true, false, false, true]);
    }
}
