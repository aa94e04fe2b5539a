//! What the process takes from its machine, and what is left: as Linux tells it under `/proc`. What another system doesn't
//! tell is not there.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Resource, getrlimit};

/// What the process takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// How long it has run.
    pub uptime: Option<Duration>,
    /// Bytes of memory in use (resident).
    pub memory: Option<u64>,
    /// Time of processors it has used.
    pub processor: Option<Duration>,
    /// Files and connections it has open.
    pub files: Option<u64>,
    /// And how many it may have.
    pub files_limit: Option<u64>,
}

impl Usage {
    /// Now.
    pub fn now() -> Self {
        let times = fs::read_to_string("/proc/self/stat").ok();
        let times = times.as_deref().and_then(Times::read);
        Self {
            uptime: times.and_then(|times| since_boot()?.checked_sub(ticks(times.began))),
            memory: memory(),
            processor: times.map(|times| ticks(times.user + times.system)),
            files: fs::read_dir("/proc/self/fd").ok().map(|files| files.count() as u64),
            files_limit: getrlimit(Resource::Nofile).current,
        }
    }
}

/// In ticks, as in proc_pid_stat(5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Times {
    user: u64,
    system: u64,
    began: u64,
}

impl Times {
    fn read(stat: &str) -> Option<Self> {
        // The name before it may hold blanks and brackets.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse().ok();
        Some(Self { user: field(14)?, system: field(15)?, began: field(22)? })
    }
}

fn ticks(ticks: u64) -> Duration {
    Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

fn since_boot() -> Option<Duration> {
    let told = fs::read_to_string("/proc/uptime").ok()?;
    Some(Duration::from_secs_f64(told.split(' ').next()?.parse().ok()?))
}

fn memory() -> Option<u64> {
    let pages: u64 = fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// The disk that holds a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// Bytes on it.
    pub size: u64,
    /// Bytes that are left for this process.
    pub free: u64,
}

impl Disk {
    /// The disk of `folder`; none where the system doesn't tell.
    pub fn of(folder: &Path) -> Option<Self> {
        let told = rustix::fs::statvfs(folder).ok()?;
        Some(Self { size: told.f_blocks * told.f_frsize, free: told.f_bavail * told.f_frsize })
    }
}

#[cfg(test)]
mod specs {
    use super::*;

    #[test]
    fn a_process_uses_memory_files_and_time_and_has_a_disk() {
        let usage = Usage::now();
        assert!(usage.memory.unwrap() > 100_000, "{usage:?}");
        assert!((3..usage.files_limit.unwrap()).contains(&usage.files.unwrap()), "{usage:?}");
        assert!(usage.uptime.unwrap() < Duration::from_secs(3_600), "{usage:?}");
        let disk = Disk::of(Path::new("/")).unwrap();
        assert!(disk.size > disk.free && disk.free > 0, "{disk:?}");
    }

    #[test]
    fn a_name_with_blanks_and_brackets_is_no_obstacle() {
        let stat = "7 (a) b) c) S 1 7 7 0 -1 4194560 1 0 0 0 30 12 0 0 20 0 8 0 5005 1 1";
        assert_eq!(Times::read(stat), Some(Times { user: 30, system: 12, began: 5005 }));
    }
}
