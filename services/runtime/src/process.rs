//! What this process is called, and what it takes from its machine.

mod usage;

pub use usage::{Disk, Usage};

use crate::entropy::Entropy;

/// A name that no other process bears: the host's, the process id, and a random part, for process ids come again and
/// hosts may be called alike.
pub fn name(entropy: &Entropy) -> String {
    let system = rustix::system::uname();
    let mut salt = [0; 4];
    entropy.fill(&mut salt);
    let (host, pid) = (system.nodename().to_string_lossy(), std::process::id());
    format!("{host}:{pid}:{:08x}", u32::from_le_bytes(salt))
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_name_says_where_the_process_is_and_is_never_given_twice() {
        let entropy = Entropy::seeded(7);
        let (one, other) = (name(&entropy), name(&entropy));
        let parts: Vec<_> = one.rsplitn(3, ':').collect();
        assert_eq!((parts[1], parts[0].len()), (&*std::process::id().to_string(), 8));
        assert!(!parts[2].is_empty());
        assert_ne!(one, other);
    }
}
