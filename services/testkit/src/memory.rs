//! What this process takes of the machine's memory.

use std::fs;

/// The most it held since the last [`begin`], in MiB (Linux: `VmHWM`).
pub fn most() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1_024
}

/// Begins to count again from what it holds now.
pub fn begin() {
    // Where the system doesn't let it, the most of before counts too.
    let _ = fs::write("/proc/self/clear_refs", "5");
}
