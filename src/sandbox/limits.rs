//! Resource limits.

use std::io;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Bytes of address space of one process.
    Memory,
    /// Seconds of processor time of one process. After them comes SIGXCPU, and a second later SIGKILL.
    Time,
    /// Bytes of one file that is written.
    File,
    /// Descriptors.
    Descriptors,
    /// Bytes of a core file.
    Core,
}

/// A resource, and how much of it there is.
pub type Limit = (Resource, u64);

/// Bytes of address space of a compiler, or a linker.
pub const COMPILER_MEMORY: u64 = 2 << 30;
/// Seconds of processor time of a compiler, or a linker.
pub const COMPILER_TIME: u64 = 8;
/// Bytes of a file that a compiler writes.
pub const COMPILER_FILE: u64 = 64 << 20;

/// For [`Jail::for_compiler`](super::Jail::for_compiler).
pub fn of_compiler() -> Vec<Limit> {
    vec![
        (Resource::Memory, COMPILER_MEMORY),
        (Resource::Time, COMPILER_TIME),
        (Resource::File, COMPILER_FILE),
        (Resource::Core, 0),
    ]
}

/// For [`Jail::for_runner`](super::Jail::for_runner), whose program has `heap` bytes and whose search `seconds`. It ends by itself
/// before these limits are reached; they are for one that does not.
pub fn of_runner(heap: u64, seconds: u64) -> Vec<Limit> {
    /// Code, stacks, shadow memory, and what the explorer remembers.
    const OWN: u64 = 4 << 30;
    const GRACE: u64 = 60;
    vec![
        (Resource::Memory, heap.saturating_add(OWN)),
        (Resource::Time, seconds.saturating_add(GRACE)),
        (Resource::File, 0),
        (Resource::Descriptors, 32),
        (Resource::Core, 0),
    ]
}

/// For [`Jail::for_inspector`](super::Jail::for_inspector).
pub fn of_inspector() -> Vec<Limit> {
    vec![
        (Resource::Memory, 1 << 30),
        (Resource::Time, 8),
        (Resource::File, 0),
        (Resource::Core, 0),
    ]
}

/// Sets limits for the calling process, and what it starts. Allocates nothing.
///
/// # Errors
/// When the system refuses. A limit that is lower already stays.
pub fn set(limits: &[Limit]) -> io::Result<()> {
    for &(resource, value) in limits {
        let (number, grace) = match resource {
            Resource::Memory => (libc::RLIMIT_AS, 0),
            Resource::Time => (libc::RLIMIT_CPU, 1),
            Resource::File => (libc::RLIMIT_FSIZE, 0),
            Resource::Descriptors => (libc::RLIMIT_NOFILE, 0),
            Resource::Core => (libc::RLIMIT_CORE, 0),
        };
        let mut now = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: a record of ours to be filled in.
        if unsafe { libc::getrlimit(number, &raw mut now) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let limit = libc::rlimit {
            rlim_cur: value.min(now.rlim_cur),
            rlim_max: value.saturating_add(grace).min(now.rlim_max),
        };
        // SAFETY: a valid record.
        if unsafe { libc::setrlimit(number, &raw const limit) } != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}
