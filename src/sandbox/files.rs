//! Landlock: which files a process may open, and that it reaches no socket and no process outside.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, Ruleset,
    RulesetAttr, RulesetCreatedAttr, Scope,
};

/// The newest version whose rights are asked for; an older kernel gives those that it knows.
const NEWEST: ABI = ABI::V7;

/// All that may be opened, with everything below where it is a folder. What does not exist is left out.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// To be read.
    pub read: Vec<PathBuf>,
    /// To be read and executed.
    pub execute: Vec<PathBuf>,
    /// To be read, written, made and removed.
    pub write: Vec<PathBuf>,
}

/// A ruleset that allows these files only, no TCP, and no signals and abstract sockets to other processes.
///
/// # Errors
/// When the kernel does not offer Landlock.
pub fn ruleset(files: &Files) -> io::Result<OwnedFd> {
    let everything = AccessFs::from_all(NEWEST);
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let write = everything & !AccessFs::Execute & !AccessFs::MakeSock;
    let write = write & !AccessFs::MakeBlock & !AccessFs::MakeChar & !AccessFs::IoctlDev;
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(everything)
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(NEWEST)))
        .and_then(|ruleset| ruleset.scope(Scope::from_all(NEWEST)))
        .and_then(Ruleset::create)
        .map_err(io::Error::other)?;
    let rights = [
        (&files.read, read),
        (&files.execute, read | AccessFs::Execute),
        (&files.write, write),
    ];
    for (paths, rights) in rights {
        for path in paths {
            ruleset = match rule(path, rights) {
                Some(rule) => ruleset.add_rule(rule).map_err(io::Error::other)?,
                None => ruleset,
            };
        }
    }
    Option::<OwnedFd>::from(ruleset).ok_or_else(|| io::ErrorKind::Unsupported.into())
}

/// `None` for what is not there.
fn rule(path: &PathBuf, rights: BitFlags<AccessFs>) -> Option<PathBeneath<landlock::PathFd>> {
    let opened = landlock::PathFd::new(path).ok()?;
    // What is not a folder has no rights of folders, and the kernel refuses a rule that says so.
    let rights = if path.is_dir() {
        rights
    } else {
        rights & AccessFs::from_file(NEWEST)
    };
    Some(PathBeneath::new(opened, rights))
}

/// Enforces a ruleset on the calling thread and what it starts. Allocates nothing.
///
/// # Errors
/// When the kernel refuses.
pub fn restrict(ruleset: RawFd) -> io::Result<()> {
    // SAFETY: no pointers; changes the calling thread only.
    if unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: no pointers.
    if unsafe { libc::syscall(libc::SYS_landlock_restrict_self, ruleset, 0) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Confines the calling thread, and looks whether it is confined. The version of Landlock.
///
/// # Errors
/// When it is not.
pub fn try_out() -> io::Result<u32> {
    let ruleset = ruleset(&Files::default())?;
    let version = version()?;
    restrict(ruleset.as_raw_fd())?;
    match File::open("/") {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(version),
        _ => Err(io::Error::other("it has no effect")),
    }
}

fn version() -> io::Result<u32> {
    /// `LANDLOCK_CREATE_RULESET_VERSION`
    const VERSION: u32 = 1;
    let nothing = std::ptr::null::<u8>();
    // SAFETY: with this flag nothing is read, and the other arguments are to be zero.
    let version =
        unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, nothing, 0usize, VERSION) };
    match u32::try_from(version) {
        Ok(version) if version > 0 => Ok(version),
        _ => Err(io::Error::last_os_error()),
    }
}
