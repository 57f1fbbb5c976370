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

/// Defines functions for the C ABI that call another one, of up to four integer arguments and no result, on the stack
/// beside.
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
                "call {inner}",
                "mov rsp, rbp",
                "pop rbp",
                "ret",
                top = sym $crate::runtime::aside::TOP,
                inner = sym $inner,
            )
        }

        $(#[$doc])*
        #[cfg(not(target_arch = "x86_64"))]
        pub unsafe extern "C" fn $name($($argument: $type),*) {
            $inner($($argument),*)
        }
    )* };
}

pub(super) use beside;
