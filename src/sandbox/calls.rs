//! seccomp: which system calls a process may make.
//!
//! A process that runs or reads what a stranger has written gets a list of what it may do. The compiler gets a list of
//! what it may not: linkers differ, and what it does not know of newer kernels it may not do either. What is refused
//! fails as if there were no permission; so a program cannot tell by its death what it has met.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::RawFd;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, sock_filter,
};

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// Runs a compiler and a linker.
    Compile,
    /// Loads a library, and goes on to what follows.
    Load(Own),
    /// Runs what it has loaded.
    Run(Own),
    /// Reads from and writes to what is open.
    Inspect,
}

/// What belongs to a process that runs a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Own {
    /// Its number.
    pub process: u32,
    /// Where its messages go.
    pub messages: RawFd,
}

impl Own {
    /// Of this process, whose messages go there.
    pub fn of(messages: RawFd) -> Own {
        Own {
            process: std::process::id(),
            messages,
        }
    }
}

/// What the calls are restricted to: any of the rules is enough.
type Rules = BTreeMap<c_long, Vec<SeccompRule>>;

/// The filters for `calls`; each of them has a veto.
///
/// # Errors
/// On a processor for which there are none.
pub fn filters(calls: Calls) -> io::Result<Vec<BpfProgram>> {
    Ok(match calls {
        Calls::Compile => vec![
            forbidding(dangerous()?, libc::EPERM)?,
            // As on a kernel that does not have it, so that `clone` is called instead, whose flags can be looked at.
            forbidding(plain(&[libc::SYS_clone3]), libc::ENOSYS)?,
            older_than(NEWER),
        ],
        Calls::Load(own) => vec![allowing(loading(running(own)?)?)?],
        Calls::Run(own) => vec![allowing(running(own)?)?],
        Calls::Inspect => vec![allowing(inspecting()?)?],
    })
}

/// Installs a filter for the calling thread and what it starts. Allocates nothing.
///
/// # Errors
/// When the kernel refuses.
pub fn install(filter: &BpfProgram) -> io::Result<()> {
    seccompiler::apply_filter(filter).map_err(|_| io::Error::last_os_error())
}

/// Confines the calling thread, and looks whether it is confined.
///
/// # Errors
/// When it is not.
pub fn try_out() -> io::Result<()> {
    let filter = forbidding(plain(&[libc::SYS_getppid]), libc::ENOLINK)?;
    install(&filter)?;
    // SAFETY: no pointers.
    let refused = unsafe { libc::syscall(libc::SYS_getppid) } == -1;
    let error = io::Error::last_os_error();
    if refused && error.raw_os_error() == Some(libc::ENOLINK) {
        Ok(())
    } else {
        Err(io::Error::other("it has no effect"))
    }
}

/// What every confined process may do with itself.
const ITSELF: &[c_long] = &[
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_mincore,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_ppoll,
    libc::SYS_pread64,
    libc::SYS_read,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_time,
];

fn inspecting() -> io::Result<Rules> {
    let mut rules = plain(ITSELF);
    no_code(&mut rules)?;
    let process = u64::from(std::process::id());
    allow(&mut rules, libc::SYS_tgkill, &[is(0, process)])?;
    rules.extend(plain(&[libc::SYS_write, libc::SYS_writev]));
    Ok(rules)
}

fn running(own: Own) -> io::Result<Rules> {
    let mut rules = plain(ITSELF);
    no_code(&mut rules)?;
    // `abort`, by way of a signal to itself.
    let process = u64::from(own.process);
    allow(&mut rules, libc::SYS_tgkill, &[is(0, process)])?;
    for descriptor in [libc::STDOUT_FILENO, libc::STDERR_FILENO, own.messages] {
        let descriptor = u64::try_from(descriptor).map_err(io::Error::other)?;
        allow(&mut rules, libc::SYS_write, &[is(0, descriptor)])?;
    }
    // The library is read again when a failure is written down. Landlock leaves nothing else to open.
    const WRITES: i32 =
        libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND | libc::O_TMPFILE;
    // A temporary file is asked for with the bit of a folder, which may be asked for.
    let writes = (WRITES & !libc::O_DIRECTORY).cast_unsigned();
    allow(&mut rules, libc::SYS_openat, &[none_of(2, writes.into())])?;
    // Facts about what is open, not about what has a name.
    let empty = libc::AT_EMPTY_PATH.cast_unsigned().into();
    allow(&mut rules, libc::SYS_newfstatat, &[all_of(3, empty)])?;
    allow(&mut rules, libc::SYS_statx, &[all_of(2, empty)])?;
    for command in [
        libc::F_GETFD,
        libc::F_SETFD,
        libc::F_GETFL,
        libc::F_DUPFD_CLOEXEC,
    ] {
        let command = command.cast_unsigned().into();
        allow(&mut rules, libc::SYS_fcntl, &[is(1, command)])?;
    }
    // Limits may be looked at.
    allow(&mut rules, libc::SYS_prlimit64, &[is(0, 0), is_null(2)])?;
    Ok(rules)
}

/// Code may be mapped, and the next filter installed.
fn loading(mut rules: Rules) -> io::Result<Rules> {
    rules.extend(plain(&[
        libc::SYS_mmap,
        libc::SYS_mprotect,
        libc::SYS_seccomp,
    ]));
    let no_new_privileges = libc::PR_SET_NO_NEW_PRIVS.cast_unsigned().into();
    allow(&mut rules, libc::SYS_prctl, &[is(0, no_new_privileges)])?;
    Ok(rules)
}

/// Memory, but none that can be executed.
fn no_code(rules: &mut Rules) -> io::Result<()> {
    let code = libc::PROT_EXEC.cast_unsigned().into();
    allow(rules, libc::SYS_mmap, &[none_of(2, code)])?;
    allow(rules, libc::SYS_mprotect, &[none_of(2, code)])
}

/// What a compiler and a linker never do.
fn dangerous() -> io::Result<Rules> {
    let mut rules = plain(&[
        // The network. Pairs of sockets between processes of its own stay.
        libc::SYS_socket,
        libc::SYS_bind,
        libc::SYS_connect,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        // Other processes.
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_process_madvise,
        libc::SYS_process_mrelease,
        libc::SYS_kill,
        libc::SYS_tkill,
        libc::SYS_rt_sigqueueinfo,
        libc::SYS_rt_tgsigqueueinfo,
        libc::SYS_pidfd_send_signal,
        libc::SYS_pidfd_getfd,
        libc::SYS_kcmp,
        libc::SYS_setpriority,
        libc::SYS_sched_setaffinity,
        // Leaving its group, in which it is ended.
        libc::SYS_setsid,
        libc::SYS_setpgid,
        // Facts about files that Landlock does not guard.
        libc::SYS_fchown,
        libc::SYS_fchownat,
        libc::SYS_setxattr,
        libc::SYS_lsetxattr,
        libc::SYS_fsetxattr,
        libc::SYS_removexattr,
        libc::SYS_lremovexattr,
        libc::SYS_fremovexattr,
        libc::SYS_mknodat,
        libc::SYS_inotify_init1,
        libc::SYS_fanotify_init,
        // The system.
        libc::SYS_acct,
        libc::SYS_add_key,
        libc::SYS_adjtimex,
        libc::SYS_bpf,
        libc::SYS_chroot,
        libc::SYS_clock_adjtime,
        libc::SYS_clock_settime,
        libc::SYS_delete_module,
        libc::SYS_finit_module,
        libc::SYS_fsconfig,
        libc::SYS_fsmount,
        libc::SYS_fsopen,
        libc::SYS_fspick,
        libc::SYS_init_module,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_io_uring_setup,
        libc::SYS_kexec_load,
        libc::SYS_keyctl,
        libc::SYS_mount,
        libc::SYS_mount_setattr,
        libc::SYS_move_mount,
        libc::SYS_name_to_handle_at,
        libc::SYS_open_by_handle_at,
        libc::SYS_open_tree,
        libc::SYS_perf_event_open,
        libc::SYS_personality,
        libc::SYS_pivot_root,
        libc::SYS_quotactl,
        libc::SYS_reboot,
        libc::SYS_request_key,
        libc::SYS_setdomainname,
        libc::SYS_sethostname,
        libc::SYS_setns,
        libc::SYS_settimeofday,
        libc::SYS_swapoff,
        libc::SYS_swapon,
        libc::SYS_syslog,
        libc::SYS_umount2,
        libc::SYS_unshare,
        libc::SYS_userfaultfd,
        libc::SYS_vhangup,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_chown,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_lchown,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_mknod,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_inotify_init,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_ioperm,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_iopl,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_modify_ldt,
    ]);
    let spaces = [
        libc::CLONE_NEWCGROUP,
        libc::CLONE_NEWIPC,
        libc::CLONE_NEWNET,
        libc::CLONE_NEWNS,
        libc::CLONE_NEWPID,
        libc::CLONE_NEWUSER,
        libc::CLONE_NEWUTS,
    ];
    for space in spaces {
        let space = space.cast_unsigned().into();
        allow(&mut rules, libc::SYS_clone, &[all_of(0, space)])?;
    }
    // Typing into a terminal.
    for command in [libc::TIOCSTI, libc::TIOCLINUX] {
        allow(
            &mut rules,
            libc::SYS_ioctl,
            &[is(1, u64::from(command as u32))],
        )?;
    }
    Ok(rules)
}

/// The first number of a system call that nobody has looked at here; beyond are also those of another table (x32).
const NEWER: u32 = 470;

fn plain(calls: &[c_long]) -> Rules {
    calls.iter().map(|call| (*call, Vec::new())).collect()
}

/// Adds a rule; those of one call are alternatives.
fn allow(rules: &mut Rules, call: c_long, conditions: &[Condition]) -> io::Result<()> {
    let conditions: Result<Vec<_>, _> = conditions
        .iter()
        .map(|condition| {
            let operator = condition.operator.clone();
            let width = condition.width.clone();
            SeccompCondition::new(condition.argument, width, operator, condition.value)
        })
        .collect();
    let rule = conditions
        .and_then(SeccompRule::new)
        .map_err(io::Error::other)?;
    rules.entry(call).or_default().push(rule);
    Ok(())
}

/// What one argument of a call must be.
struct Condition {
    argument: u8,
    width: SeccompCmpArgLen,
    operator: SeccompCmpOp,
    value: u64,
}

fn is(argument: u8, value: u64) -> Condition {
    Condition {
        argument,
        // The upper half means nothing: these are ints, descriptors, and flags that are all in the lower one.
        width: SeccompCmpArgLen::Dword,
        operator: SeccompCmpOp::Eq,
        value,
    }
}

fn is_null(argument: u8) -> Condition {
    Condition {
        argument,
        width: SeccompCmpArgLen::Qword,
        operator: SeccompCmpOp::Eq,
        value: 0,
    }
}

fn none_of(argument: u8, bits: u64) -> Condition {
    Condition {
        argument,
        width: SeccompCmpArgLen::Dword,
        operator: SeccompCmpOp::MaskedEq(bits),
        value: 0,
    }
}

fn all_of(argument: u8, bits: u64) -> Condition {
    Condition {
        argument,
        width: SeccompCmpArgLen::Dword,
        operator: SeccompCmpOp::MaskedEq(bits),
        value: bits,
    }
}

fn allowing(rules: Rules) -> io::Result<BpfProgram> {
    let refused = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    compiled(rules, refused, SeccompAction::Allow)
}

fn forbidding(rules: Rules, error: i32) -> io::Result<BpfProgram> {
    let refused = SeccompAction::Errno(error.cast_unsigned());
    compiled(rules, SeccompAction::Allow, refused)
}

fn compiled(rules: Rules, others: SeccompAction, these: SeccompAction) -> io::Result<BpfProgram> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(io::Error::other)?;
    let filter = SeccompFilter::new(rules, others, these, arch).map_err(io::Error::other)?;
    BpfProgram::try_from(filter).map_err(io::Error::other)
}

/// A filter that answers to system calls from `first` on as a kernel does that does not have them.
fn older_than(first: u32) -> BpfProgram {
    let instruction = |code: u32, jt: u8, k: u32| sock_filter {
        code: code as u16,
        jt,
        jf: 0,
        k,
    };
    vec![
        // The number, which is the first word of what a filter is given.
        instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0),
        instruction(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, 1, first),
        instruction(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ALLOW),
        instruction(
            libc::BPF_RET | libc::BPF_K,
            0,
            libc::SECCOMP_RET_ERRNO | libc::ENOSYS.cast_unsigned(),
        ),
    ]
}
