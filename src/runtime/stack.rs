//! The stacks that the program's threads run on: mapped once, guarded, reused by every execution.

use std::io;
use std::ptr::{self, NonNull};

use corosensei::stack::{Stack as CoroutineStack, StackPointer};

/// What Linux gives the main thread.
pub const MAIN_SIZE: usize = 8 << 20;
/// What std gives a spawned thread.
pub const THREAD_SIZE: usize = 2 << 20;
/// Unmapped bytes below each stack: more than one page, so that a large frame does not jump over them.
pub const GUARD_SIZE: usize = 64 << 10;

/// How far below the lowest announced frame a stack is cleaned between executions.
const MARGIN: usize = 2 << 10;

/// One mapped stack. Memory is committed when it is touched, so its size costs address space only.
pub struct Stack {
    mapping: NonNull<u8>,
    length: usize,
    /// The lowest stack pointer seen at an announcement, in any execution.
    lowest: usize,
}

impl Stack {
    /// Maps `size` usable bytes and a guard below them, at `hint` if that is free: a program that looks at
    /// addresses then sees the same ones in every run.
    ///
    /// # Errors
    /// When the system refuses the memory.
    pub fn new(size: usize, hint: usize) -> io::Result<Stack> {
        let length = size + GUARD_SIZE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_STACK;
        // SAFETY: a fresh anonymous mapping touches no memory that exists.
        let mapping = unsafe {
            libc::mmap(
                hint as *mut libc::c_void,
                length,
                libc::PROT_READ | libc::PROT_WRITE,
                flags,
                -1,
                0,
            )
        };
        if mapping == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let stack = Stack {
            mapping: NonNull::new(mapping.cast()).ok_or_else(io::Error::last_os_error)?,
            length,
            lowest: mapping as usize + length,
        };
        // SAFETY: the range is the low end of the mapping just made, which nothing refers to yet.
        if unsafe { libc::mprotect(mapping, GUARD_SIZE, libc::PROT_NONE) } != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(stack)
    }

    /// One past the highest byte.
    pub fn base(&self) -> usize {
        self.mapping.as_ptr() as usize + self.length
    }

    /// The lowest usable byte.
    pub fn limit(&self) -> usize {
        self.mapping.as_ptr() as usize + GUARD_SIZE
    }

    /// Whether `address` is in the usable part.
    pub fn contains(&self, address: usize) -> bool {
        (self.limit()..self.base()).contains(&address)
    }

    /// Notes a stack pointer, for [`Stack::clean`].
    pub fn note(&mut self, pointer: usize) {
        if pointer < self.lowest {
            self.lowest = pointer.max(self.limit());
        }
    }

    /// Zeroes what earlier executions left, so that the same execution always meets the same bytes. No
    /// coroutine may be suspended on the stack.
    pub fn clean(&mut self) {
        let from = self.lowest.saturating_sub(MARGIN).max(self.limit());
        // SAFETY: `limit <= from <= base`, all of it is mapped writable and, by the contract, in use by nobody.
        unsafe { ptr::write_bytes(from as *mut u8, 0, self.base() - from) };
    }

    /// The stack as a coroutine takes it; the mapping stays ours.
    pub fn lend(&self) -> Lent {
        Lent {
            base: self.base(),
            limit: self.mapping.as_ptr() as usize,
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and coroutines on it are reset before their stack goes.
        unsafe { libc::munmap(self.mapping.as_ptr().cast(), self.length) };
    }
}

/// A stack in use by a coroutine. Its [`Stack`] outlives it.
pub struct Lent {
    base: usize,
    limit: usize,
}

// SAFETY: the bounds are those of a live mapping with a guard at its low end, page aligned.
unsafe impl CoroutineStack for Lent {
    fn base(&self) -> StackPointer {
        StackPointer::new(self.base).expect("a mapping is not at zero")
    }

    fn limit(&self) -> StackPointer {
        StackPointer::new(self.limit).expect("a mapping is not at zero")
    }
}
