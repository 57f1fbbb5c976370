//! What a program can do with its process.

use super::{checked, holds};

/// Declarations that the programs share: functions of C, and what is refused.
const C: &str = r#"
use std::ffi::{c_char, c_int, c_long, c_void};
unsafe extern "C" {
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn socket(domain: c_int, kind: c_int, protocol: c_int) -> c_int;
    fn fork() -> c_int;
    fn execv(path: *const c_char, arguments: *const *const c_char) -> c_int;
    fn kill(process: c_int, signal: c_int) -> c_int;
    fn getppid() -> c_int;
    fn ptrace(request: c_int, process: c_int, address: *mut c_void, data: *mut c_void) -> c_long;
    fn mprotect(address: *mut c_void, size: usize, rights: c_int) -> c_int;
    fn mmap(address: *mut c_void, size: usize, rights: c_int, flags: c_int, file: c_int, at: c_long) -> *mut c_void;
    fn unlink(path: *const c_char) -> c_int;
    fn write(file: c_int, text: *const c_void, size: usize) -> isize;
    fn pthread_create(thread: *mut usize, how: *const c_void, start: extern "C" fn(*mut c_void) -> *mut c_void, with: *mut c_void) -> c_int;
    fn getenv(name: *const c_char) -> *const c_char;
    fn __errno_location() -> *mut c_int;
}
/// `EPERM` from seccomp, or `EACCES` from Landlock.
fn is_refused(result: impl Into<i64>) -> bool {
    let error = unsafe { *__errno_location() };
    result.into() == -1 && (error == 1 || error == 13)
}
"#;

fn refuses(body: &str) {
    holds(&format!("{C}\nfn main() {{ unsafe {{ {body} }} }}\n"));
}

#[test]
fn files_are_not_opened() {
    refuses(
        r#"
        assert!(is_refused(open(c"/etc/passwd".as_ptr(), 0)));
        assert!(is_refused(open(c"/proc/self/maps".as_ptr(), 0)));
        assert!(is_refused(open(c"/proc/self/mem".as_ptr(), 2)));
        assert!(is_refused(open(c"/tmp".as_ptr(), 0)));
        assert!(is_refused(open(c"/tmp/threadlings-was-here".as_ptr(), 0o101, 0o600)));
        assert!(is_refused(open(c"/tmp".as_ptr(), 0o20200002, 0o600)));
        assert!(is_refused(unlink(c"/tmp/threadlings-was-here".as_ptr())));
        "#,
    );
}

#[test]
fn nobody_else_is_reached() {
    refuses(
        r#"
        for domain in [1, 2, 10, 16] {
            assert!(is_refused(socket(domain, 1, 0)));
            assert!(is_refused(socket(domain, 2, 0)));
        }
        assert!(getppid() == -1 || is_refused(kill(getppid(), 9)));
        assert!(is_refused(kill(-1, 9)));
        assert!(is_refused(kill(1, 0)));
        assert!(is_refused(ptrace(0, 0, std::ptr::null_mut(), std::ptr::null_mut())));
        "#,
    );
}

#[test]
fn nothing_is_started() {
    refuses(
        r#"
        extern "C" fn nothing(with: *mut c_void) -> *mut c_void { with }
        assert!(is_refused(fork()));
        assert!(is_refused(execv(c"/bin/sh".as_ptr(), std::ptr::null())));
        let mut thread = 0;
        let created = pthread_create(&mut thread, std::ptr::null(), nothing, std::ptr::null_mut());
        assert!(created != 0);
        "#,
    );
}

#[test]
fn no_code_is_made() {
    refuses(
        r#"
        let page = mmap(std::ptr::null_mut(), 4096, 3, 0x22, -1, 0);
        assert!(page as isize != -1);
        assert!(is_refused(mprotect(page, 4096, 5)));
        assert!(mmap(std::ptr::null_mut(), 4096, 7, 0x22, -1, 0) as isize == -1);
        "#,
    );
}

#[test]
fn the_environment_is_empty() {
    refuses(
        r#"assert!(getenv(c"PATH".as_ptr()).is_null() && getenv(c"HOME".as_ptr()).is_null());"#,
    );
}

#[test]
fn system_calls_of_its_own_are_refused_too() {
    #[cfg(target_arch = "x86_64")]
    holds(
        r#"
        use std::arch::asm;
        unsafe fn call(number: u64, a: u64, b: u64) -> i64 {
            let result;
            unsafe { asm!("syscall", inlateout("rax") number => result, in("rdi") a, in("rsi") b, in("rdx") 0,
                out("rcx") _, out("r11") _) };
            result
        }
        fn main() {
            unsafe {
                assert_eq!(call(57, 0, 0), -1, "fork");
                assert_eq!(call(41, 2, 1), -1, "socket");
                assert_eq!(call(0x4000_0000 + 41, 2, 1), -1, "socket of another table");
                assert_eq!(call(62, 1, 0), -1, "kill");
                assert_eq!(call(425, 1, 0), -1, "io_uring");
            }
        }
        "#,
    );
}

#[test]
fn what_runs_before_main_is_confined_too() {
    holds(&format!(
        r#"{C}
        static mut REFUSED: bool = false;
        extern "C" fn early() {{
            unsafe {{ REFUSED = is_refused(open(c"/etc/passwd".as_ptr(), 0)) && is_refused(fork()) }};
        }}
        #[used]
        #[unsafe(link_section = ".init_array")]
        static EARLY: extern "C" fn() = early;
        fn main() {{ assert!(unsafe {{ REFUSED }}); }}
        "#
    ));
}

#[test]
fn bugs_are_found_and_told_as_without_a_sandbox() {
    for program in ["unsafe_race", "weak_publish", "deadlock"] {
        let text = match program {
            "unsafe_race" => {
                "static mut N: u32 = 0;
                fn main() {
                    let other = std::thread::spawn(|| unsafe { N += 1 });
                    unsafe { N += 1 };
                    other.join().unwrap();
                }"
            }
            "weak_publish" => {
                "use std::sync::atomic::{AtomicU32, Ordering::*};
                static A: AtomicU32 = AtomicU32::new(0);
                static B: AtomicU32 = AtomicU32::new(0);
                fn main() {
                    let other = std::thread::spawn(|| { A.store(1, Relaxed); B.store(1, Relaxed); });
                    if B.load(Relaxed) == 1 { assert_eq!(A.load(Relaxed), 1); }
                    other.join().unwrap();
                }"
            }
            _ => {
                "use std::sync::Mutex;
                static A: Mutex<u8> = Mutex::new(0);
                static B: Mutex<u8> = Mutex::new(0);
                fn main() {
                    let other = std::thread::spawn(|| { let _a = A.lock(); let _b = B.lock(); });
                    { let _b = B.lock(); let _a = A.lock(); }
                    other.join().unwrap();
                }"
            }
        };
        let place = crate::door::Place::with(&[("program.rs", text)]);
        let told = |more: &[&str]| {
            let answer = place.run(&[&["check", "program.rs", "--format", "json"], more].concat());
            let mut report = answer.json();
            report["search"]["elapsed_ms"] = 0.into();
            report
        };
        assert_eq!(told(&[])["verdict"], "fail");
        assert_eq!(told(&[]), told(&["--confined"]));
    }
}

#[test]
fn who_takes_its_process_along_has_failed() {
    for body in [
        "unsafe { std::arch::asm!(\"ud2\") }",
        "unsafe { std::ptr::null_mut::<u8>().write_volatile(1) }",
        "std::process::abort()",
    ] {
        let answer = checked(&format!("fn main() {{ {body} }}"));
        assert_eq!(answer.verdict(), "fail crash", "{answer:?}");
    }
}

#[test]
fn right_programs_whose_memory_is_watched_pass() {
    // A thread lends its stack, and others touch it: such a search begins anew, and so does what must fail.
    for name in ["races/scope_end", "races/oneshot", "races/linked_queue"] {
        let place = crate::door::Place::with_fixtures();
        let file = format!("{name}.rs");
        let answer = place.run(&["check", &file, "--confined", "--format", "json"]);
        assert_eq!(answer.verdict(), "pass", "{answer:?}");
    }
}

#[test]
fn threads_that_spin_on_the_stack_of_another_are_judged() {
    // What must fail is run as well, and its process has not seen any stack lent before.
    holds(
        "use std::cell::UnsafeCell;
        use std::sync::atomic::{AtomicBool, Ordering};
        struct Spin { busy: AtomicBool, number: UnsafeCell<u32> }
        unsafe impl Sync for Spin {}
        impl Spin {
            fn add(&self) {
                while self.busy.swap(true, Ordering::Acquire) { std::thread::yield_now() }
                unsafe { *self.number.get() += 1 }
                self.busy.store(false, Ordering::Release)
            }
        }
        fn main() {
            let spin = Spin { busy: AtomicBool::new(false), number: UnsafeCell::new(0) };
            std::thread::scope(|scope| {
                scope.spawn(|| spin.add());
                scope.spawn(|| spin.add());
            });
            assert_eq!(spin.number.into_inner(), 2);
        }",
    );
}
