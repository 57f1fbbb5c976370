//! What is refused, tried out for real. Landlock and seccomp hold a thread, so each trial is one; limits hold a process.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use super::{Files, Jail, Layers, seal};

/// Layers that hold here; a machine without them cannot run these tests.
fn layers() -> Layers {
    let layers = Layers::available();
    assert!(layers.hold(), "{layers}");
    layers.without("rlimits")
}

/// Runs `trial` on a thread in a jail.
#[track_caller]
fn jailed(jail: Jail, trial: impl FnOnce() + Send + 'static) {
    let inmate = thread::spawn(move || {
        jail.enter().expect("the jail can be entered");
        trial();
    });
    inmate.join().expect("all is as it should be");
}

fn result(value: libc::c_long) -> Result<libc::c_long, i32> {
    match value {
        -1 => Err(io::Error::last_os_error().raw_os_error().unwrap_or(0)),
        value => Ok(value),
    }
}

/// A system call with up to three numbers.
fn call(number: libc::c_long, arguments: [libc::c_long; 3]) -> Result<libc::c_long, i32> {
    let [a, b, c] = arguments;
    // SAFETY: the calls of these tests get numbers only, and addresses only where they must be refused before they look at them.
    result(unsafe { libc::syscall(number, a, b, c, 0, 0, 0) })
}

#[track_caller]
fn refused(number: libc::c_long, arguments: [libc::c_long; 3]) {
    assert_eq!(call(number, arguments), Err(libc::EPERM), "call {number}");
}

#[track_caller]
fn denied(opened: io::Result<File>) {
    let error = opened.expect_err("it must not be opened");
    let refused = [Some(libc::EACCES), Some(libc::EPERM)];
    assert!(refused.contains(&error.raw_os_error()), "{error}");
}

/// A file with something in it, removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let name = format!("threadlings-sandbox-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("inside"), "text").expect("a file");
        fs::write(folder.join("beside"), "text").expect("a file");
        Scratch(folder)
    }

    fn inside(&self) -> PathBuf {
        self.0.join("inside")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What nobody in a jail may do, but for a compiler, which may start others.
fn is_alone() {
    let parent = call(libc::SYS_getpid, [0; 3]).expect("a number") - 1;
    refused(
        libc::SYS_socket,
        [libc::AF_INET.into(), libc::SOCK_STREAM.into(), 0],
    );
    refused(
        libc::SYS_socket,
        [libc::AF_UNIX.into(), libc::SOCK_STREAM.into(), 0],
    );
    refused(libc::SYS_clone, [libc::SIGCHLD.into(), 0, 0]);
    refused(libc::SYS_clone3, [0, 0, 0]);
    #[cfg(target_arch = "x86_64")]
    refused(libc::SYS_fork, [0; 3]);
    #[cfg(target_arch = "x86_64")]
    refused(libc::SYS_vfork, [0; 3]);
    refused(libc::SYS_execve, [0; 3]);
    refused(libc::SYS_execveat, [0; 3]);
    refused(libc::SYS_kill, [parent, libc::SIGTERM.into(), 0]);
    refused(libc::SYS_kill, [-1, 0, 0]);
    refused(libc::SYS_tgkill, [parent, parent, 0]);
    refused(libc::SYS_tkill, [parent, 0, 0]);
    refused(libc::SYS_pidfd_open, [parent, 0, 0]);
    refused(libc::SYS_ptrace, [libc::PTRACE_ATTACH.into(), parent, 0]);
    refused(libc::SYS_process_vm_writev, [parent, 0, 0]);
    refused(libc::SYS_unlinkat, [libc::AT_FDCWD.into(), 0, 0]);
    refused(libc::SYS_mkdirat, [libc::AT_FDCWD.into(), 0, 0]);
    refused(libc::SYS_memfd_create, [0; 3]);
    refused(libc::SYS_io_uring_setup, [1, 0, 0]);
    refused(libc::SYS_bpf, [0; 3]);
    refused(libc::SYS_unshare, [libc::CLONE_NEWUSER.into(), 0, 0]);
    refused(libc::SYS_setsid, [0; 3]);
    refused(libc::SYS_personality, [0; 3]);
    refused(libc::SYS_setitimer, [0; 3]);
}

/// Maps a page with these rights.
fn page(rights: i32) -> Result<*mut libc::c_void, i32> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a fresh mapping touches no memory that exists.
    let page = unsafe { libc::mmap(std::ptr::null_mut(), 4096, rights, flags, -1, 0) };
    match page {
        libc::MAP_FAILED => Err(io::Error::last_os_error().raw_os_error().unwrap_or(0)),
        page => Ok(page),
    }
}

fn makes_no_code() {
    assert_eq!(page(libc::PROT_READ | libc::PROT_EXEC), Err(libc::EPERM));
    let page =
        page(libc::PROT_READ | libc::PROT_WRITE).expect("memory is not code") as libc::c_long;
    let code = libc::PROT_READ | libc::PROT_EXEC;
    refused(libc::SYS_mprotect, [page, 4096, code.into()]);
    call(libc::SYS_mprotect, [page, 4096, libc::PROT_READ.into()]).expect("less than before");
}

#[test]
fn who_reads_a_strangers_text_opens_nothing() {
    let jail = Jail::for_inspector(&layers()).expect("a jail");
    jailed(jail, || {
        denied(File::open("/etc/passwd"));
        denied(File::open("/dev/null"));
        denied(File::create("/tmp/threadlings-sandbox"));
        is_alone();
        makes_no_code();
        // What it is for.
        let text: String = vec!["memory"; 100_000].concat();
        assert_eq!(text.len(), 600_000);
    });
}

#[test]
fn who_runs_a_program_reads_its_library_only() {
    let scratch = Scratch::new("runner");
    let inside = scratch.inside();
    let messages = File::create(scratch.0.join("messages")).expect("a file");
    let other = File::create(scratch.0.join("other")).expect("a file");
    let (to, layers) = (messages.as_raw_fd(), layers());
    let jail = Jail::for_runner(&layers, &inside, 1 << 20, 1, to).expect("a jail");
    jailed(jail, move || {
        let reads = |path: &Path| {
            File::open(path).expect("its library");
            denied(File::open(path.with_file_name("beside")));
            denied(File::open("/etc/passwd"));
            denied(File::open("/proc/self/maps"));
            denied(File::options().write(true).open(path));
            denied(File::options().append(true).open(path));
            denied(File::create(path.with_file_name("new")));
        };
        reads(&inside);
        is_alone();
        page(libc::PROT_READ | libc::PROT_EXEC).expect("it loads code");
        seal(&layers, to).expect("less than before");
        reads(&inside);
        is_alone();
        makes_no_code();
        refused(libc::SYS_seccomp, [0; 3]);
        refused(libc::SYS_prctl, [libc::PR_SET_DUMPABLE.into(), 1, 0]);
        (&messages)
            .write_all(b"told")
            .expect("it may say something");
        let error = (&other).write_all(b"told").expect_err("but not elsewhere");
        assert_eq!(error.raw_os_error(), Some(libc::EPERM));
    });
}

#[test]
fn a_compiler_reads_and_writes_where_it_works() {
    let scratch = Scratch::new("compiler");
    let work = scratch.0.join("work");
    fs::create_dir_all(&work).expect("a folder");
    let files = Files {
        read: vec![scratch.inside()],
        execute: vec!["/usr".into()],
        write: vec![work.clone()],
    };
    let jail = Jail::for_compiler(&layers(), &files).expect("a jail");
    let inside = scratch.inside();
    jailed(jail, move || {
        File::open(&inside).expect("what it reads");
        denied(File::options().write(true).open(&inside));
        denied(File::open(inside.with_file_name("beside")));
        denied(File::open("/etc/passwd"));
        denied(File::create(inside.with_file_name("new")));
        fs::remove_file(&inside).expect_err("it removes nothing outside");
        fs::write(work.join("made"), "text").expect("it works here");
        fs::rename(work.join("made"), work.join("other")).expect("as ever");
        refused(
            libc::SYS_socket,
            [libc::AF_INET.into(), libc::SOCK_DGRAM.into(), 0],
        );
        refused(libc::SYS_ptrace, [libc::PTRACE_TRACEME.into(), 0, 0]);
        refused(libc::SYS_kill, [-1, 0, 0]);
        refused(libc::SYS_setsid, [0; 3]);
        refused(libc::SYS_unshare, [libc::CLONE_NEWUSER.into(), 0, 0]);
        let space = libc::CLONE_NEWUSER | libc::SIGCHLD;
        refused(libc::SYS_clone, [space.into(), 0, 0]);
        assert_eq!(call(libc::SYS_clone3, [0; 3]), Err(libc::ENOSYS));
        // What this kernel may have, and nobody has looked at, and another table of calls.
        for unknown in [480, 0x4000_0000 + libc::SYS_socket] {
            assert_eq!(call(unknown, [0; 3]), Err(libc::ENOSYS));
        }
    });
}

/// What a shell says in a jail.
fn said(jail: Jail, words: &str) -> String {
    let mut command = Command::new("sh");
    command.args(["-c", words]);
    // SAFETY: only what may be called there is: see `Jail::enter`.
    let command = unsafe { command.pre_exec(move || jail.enter()) };
    let output = command.output().expect("a shell");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_compiler_has_limits_and_so_has_what_it_starts() {
    let files = Files {
        execute: ["/usr", "/bin", "/lib", "/lib64"].map(PathBuf::from).into(),
        ..Files::default()
    };
    let jail = || Jail::for_compiler(&Layers::available(), &files).expect("a jail");
    let limits = said(jail(), "ulimit -v; ulimit -t; ulimit -f; ulimit -c");
    assert_eq!(limits, "2097152\n8\n131072\n0\n");
    assert_eq!(said(jail(), "cat /etc/passwd; sh -c 'cat /etc/passwd'"), "");
    assert_eq!(said(jail(), "kill -0 $PPID || echo no"), "no\n");
}

#[test]
fn without_layers_nothing_is_put_on() {
    let jail = Jail::for_inspector(&Layers::unwanted()).expect("a jail");
    jailed(jail, || {
        File::open("/etc/passwd").expect("nothing is in the way");
    });
}
