//! What processes use, as Linux tells it.

use std::collections::HashMap;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What a piece of work has used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// From its begin to its end.
    pub time: Duration,
    /// Processor time of all processes that it has started, in user and in system mode.
    pub cpu: Duration,
    /// The most memory that they had at the same time, in bytes: the sum of their resident sets, looked at every
    /// [`LOOK`]. What processes share is counted for each of them.
    pub memory: u64,
}

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Ticks a second in `/proc`, on every architecture that Rust knows.
const TICKS: u64 = 100;

/// Bytes of a page in `/proc`.
const PAGE: u64 = 4096;

/// Does `work`, and measures what the processes use that it starts.
///
/// # Errors
/// Those of `work`.
pub fn measured<T>(work: impl FnOnce() -> Result<T, String>) -> Result<(T, Usage), String> {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let peak = scope.spawn(|| {
            let mut peak = 0;
            while !over.load(Ordering::Relaxed) {
                peak = peak.max(memory_of_descendants());
                thread::sleep(LOOK);
            }
            peak
        });
        let (begun, before) = (Instant::now(), cpu_of_children());
        let done = work();
        let (time, cpu) = (begun.elapsed(), cpu_of_children() - before);
        over.store(true, Ordering::Relaxed);
        let memory = peak.join().unwrap_or_default();
        Ok((done?, Usage { time, cpu, memory }))
    })
}

/// Of those that have ended and been waited for, and theirs.
fn cpu_of_children() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: u64 = [13, 14].iter().filter_map(|&at| field(&stat, at)).sum();
    Duration::from_millis(ticks * 1000 / TICKS)
}

fn memory_of_descendants() -> u64 {
    // By process: its parent, and its resident set.
    let mut processes: HashMap<u64, (u64, u64)> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        if let (Some(parent), Some(pages)) = (field(&stat, 1), field(&stat, 21)) {
            processes.insert(process, (parent, pages * PAGE));
        }
    }
    let us = u64::from(std::process::id());
    let is_ours = |mut process: u64| {
        while let Some((parent, _)) = processes.get(&process) {
            if *parent == us {
                return true;
            }
            process = *parent;
        }
        false
    };
    let ours = processes.iter().filter(|(process, _)| is_ours(**process));
    ours.map(|(_, (_, bytes))| bytes).sum()
}

/// A field of `/proc/…/stat`, counted from that after the name, which may hold anything.
fn field(stat: &str, at: usize) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(at)?.parse().ok()
}
