//! Running a function of ours beside the program's stack: what it leaves behind there would look like state of the thread,
//! and differ from one turn of a loop to the next.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of the stack beside.
const SIZE: usize = 256 << 10;

/// One past its highest byte; aligned to 16.
pub(super) static TOP: AtomicUsize = AtomicUsize::new(0);

/// Makes the stack. To be called before any of the functions of [`beside`].
pub fn prepare() {
    static STACK: OnceLock<&'static [u8]> = OnceLock::new();
    let stack = STACK.get_or_init(|| Box::leak(vec![0; SIZE].into_boxed_slice()));
    let top = (stack.as_ptr() as usize + SIZE) & !15;
    TOP.store(top, Ordering::Relaxed);
}

/// The frame in which the program's stack was left, if `pointer` is a stack pointer on the stack beside.
pub fn left_at(pointer: usize) -> Option<usize> {
    let top = TOP.load(Ordering::Relaxed);
    let is_beside = (top.saturating_sub(SIZE)..top).contains(&pointer);
    // SAFETY: the word below the top is where the functions of `beside` put the frame; it is there while they run.
    is_beside.then(|| unsafe { *((top - size_of::<usize>()) as *const usize) })
}

/// Defines functions for the C ABI that call another one, of up to four integer arguments, on the stack beside. Where that
/// one replies `true`, the thread of the program stops there ([`stop`](super::threads::stop)).
macro_rules! beside {
    ($($(#[$doc:meta])* $name:ident => $inner:ident($($argument:ident: $type:ty),*);)*) => { $(
        $(#[$doc])*
        #[cfg(target_arch = "x86_64")]
        #[unsafe(naked)]
        pub unsafe extern "C" fn $name($($argument: $type),*) {
            core::arch::naked_asm!(
                "push rbp",
                "mov rbp, rsp",
                "mov rsp, qword ptr [rip + {top}]",
                // Where the program's stack is left, for who looks at this one; twice, to keep it aligned.
                "push rbp",
                "push rbp",
                "call {inner}",
                "mov rsp, rbp",
                "pop rbp",
                "test al, al",
                "jnz {stop}",
                "ret",
                top = sym $crate::runtime::aside::TOP,
                inner = sym $inner,
                stop = sym $crate::runtime::threads::stop,
            )
        }

        $(#[$doc])*
        #[cfg(not(target_arch = "x86_64"))]
        pub unsafe extern "C" fn $name($($argument: $type),*) {
            if $inner($($argument),*) {
                // SAFETY: a thread of the program has called us.
                unsafe { $crate::runtime::threads::stop() }
            }
        }
    )* };
}

pub(super) use beside;
