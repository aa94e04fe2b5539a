//! Which stretches of leaves a proof is made of (RFC 6962, sections 2.1.1 and 2.1.2), and the complete subtrees in each.

/// The leaves `start..end`, a node of the tree at some size: complete, or the incomplete one at its right edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    start: u64,
    end: u64,
}

/// The leaves `index << height ..  (index + 1) << height`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subtree {
    pub(super) height: u32,
    pub(super) index: u64,
}

impl Span {
    /// The leaves of a tree of `size`.
    pub(super) fn whole(size: u64) -> Self {
        Self { start: 0, end: size }
    }

    /// One leaf.
    pub(super) fn leaf(index: u64) -> Self {
        Self { start: index, end: index + 1 }
    }

    fn size(self) -> u64 {
        self.end - self.start
    }

    /// The two nodes below this one, which is no leaf.
    fn split(self) -> (Self, Self) {
        let middle = self.start + (1 << (self.size() - 1).ilog2());
        (Self { end: middle, ..self }, Self { start: middle, ..self })
    }

    /// The complete subtrees it consists of, from left to right, each smaller than the one before.
    pub(super) fn subtrees(self) -> impl Iterator<Item = Subtree> {
        let mut start = self.start;
        std::iter::from_fn(move || {
            let height = (self.end - start).checked_ilog2()?;
            let subtree = Subtree { height, index: start >> height };
            start += 1 << height;
            Some(subtree)
        })
    }
}

/// The audit path of the leaf at `index` in a tree of `size`, from the leaf upwards: its neighbour on every level.
pub(super) fn inclusion(index: u64, size: u64) -> Vec<Span> {
    assert!(index < size, "leaf {index} of a tree of {size}");
    let mut path = Vec::new();
    let mut at = Span::whole(size);
    while at.size() > 1 {
        let (left, right) = at.split();
        let here_is_left = index < left.end;
        path.push(if here_is_left { right } else { left });
        at = if here_is_left { left } else { right };
    }
    path.reverse();
    path
}

/// What shows that a tree of `old` is the beginning of one of `new`.
pub(super) fn consistency(old: u64, new: u64) -> Vec<Span> {
    assert!(0 < old && old <= new, "a tree of {old} and one of {new}");
    let mut path = Vec::new();
    let mut at = Span::whole(new);
    // As long as only left turns were taken, `at` holds the old tree from its first leaf on, and whoever checks the
    // proof knows its hash when it is the whole of it.
    while at.end > old {
        let (left, right) = at.split();
        let ends_left = old <= left.end;
        path.push(if ends_left { right } else { left });
        at = if ends_left { left } else { right };
    }
    if at.start > 0 {
        path.push(at);
    }
    path.reverse();
    path
}
