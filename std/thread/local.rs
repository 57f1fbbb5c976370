//! `thread_local!`: one value a thread, in a list that hangs on the thread's block.

use super::join::die;
use crate::heap::WORDS;
use crate::runner;
use core::cell::{Cell, RefCell};
use core::error::Error;
use core::fmt;
use core::mem::ManuallyDrop;
use core::panic::{AssertUnwindSafe, RefUnwindSafe};
use core::ptr;

/// A key to a value of which every thread has its own, as in std.
pub struct LocalKey<T: 'static> {
    key: &'static Key,
    init: fn() -> T,
}

/// The value is gone: the thread is ending.
#[non_exhaustive]
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct AccessError;

/// What tells one key from another: its address.
#[doc(hidden)]
pub struct Key(#[expect(dead_code, reason = "makes the address unique")] Cell<u8>);

// SAFETY: never read nor written; the cell keeps two keys from becoming one.
unsafe impl Sync for Key {}
impl RefUnwindSafe for Key {}

impl Key {
    #[doc(hidden)]
    #[must_use]
    pub const fn new() -> Key {
        Key(Cell::new(0))
    }
}

impl Default for Key {
    fn default() -> Self {
        Key::new()
    }
}

/// One thread's value of one key. Never freed before the end of the execution.
#[repr(C)]
struct Entry<T> {
    header: Header,
    value: ManuallyDrop<T>,
}

struct Header {
    key: *const Key,
    /// The entry that was made before this one.
    next: *mut Header,
    /// Set when the value is dropped.
    destroyed: bool,
    /// None for values without a destructor: they stay to the end.
    destroy: Option<unsafe fn(*mut Header)>,
}

impl<T: 'static> LocalKey<T> {
    #[doc(hidden)]
    #[must_use]
    pub const fn __new(key: &'static Key, init: fn() -> T) -> LocalKey<T> {
        LocalKey { key, init }
    }

    /// Calls `f` with the calling thread's value.
    ///
    /// # Panics
    /// When the value has been destroyed.
    #[track_caller]
    pub fn with<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        match self.try_with(f) {
            Ok(r) => r,
            Err(err) => panic_access_error(err),
        }
    }

    /// Calls `f` with the calling thread's value.
    ///
    /// # Errors
    /// When the value has been destroyed.
    pub fn try_with<F, R>(&'static self, f: F) -> Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        let value = self.value(self.init)?;
        // SAFETY: the value lives until the thread's destructors run.
        Ok(f(unsafe { &*value }))
    }

    /// The calling thread's value, made by `init` if it is not there.
    fn value(&self, init: impl FnOnce() -> T) -> Result<*const T, AccessError> {
        let mut entry = find(self.key).cast::<Entry<T>>();
        if entry.is_null() {
            let value = init();
            entry = Box::into_raw(Box::new(Entry {
                header: Header {
                    key: self.key,
                    next: ptr::null_mut(),
                    destroyed: false,
                    destroy: core::mem::needs_drop::<T>().then_some(destroy::<T>),
                },
                value: ManuallyDrop::new(value),
            }));
            insert(entry.cast());
        }
        // SAFETY: entries live to the end of the execution.
        unsafe {
            if (*entry).header.destroyed {
                return Err(AccessError);
            }
            Ok(ptr::from_ref(&*(*entry).value))
        }
    }
}

impl<T: 'static> LocalKey<Cell<T>> {
    /// Writes the calling thread's value.
    #[track_caller]
    pub fn set(&'static self, value: T) {
        self.with(|cell| cell.set(value));
    }

    /// Copies the calling thread's value.
    #[track_caller]
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with(Cell::get)
    }

    /// Takes the calling thread's value, and leaves the default.
    #[track_caller]
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(Cell::take)
    }

    /// Writes the calling thread's value, and returns the one before.
    #[track_caller]
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    /// Calls `f` with the calling thread's value.
    #[track_caller]
    pub fn with_borrow<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        self.with(|cell| f(&cell.borrow()))
    }

    /// Calls `f` with the calling thread's value, to change.
    #[track_caller]
    pub fn with_borrow_mut<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&mut T) -> R,
    {
        self.with(|cell| f(&mut cell.borrow_mut()))
    }

    /// Writes the calling thread's value.
    #[track_caller]
    pub fn set(&'static self, value: T) {
        self.with(|cell| *cell.borrow_mut() = value);
    }

    /// Takes the calling thread's value, and leaves the default.
    #[track_caller]
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(RefCell::take)
    }

    /// Writes the calling thread's value, and returns the one before.
    #[track_caller]
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

impl fmt::Debug for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessError").finish()
    }
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("already destroyed")
    }
}

impl Error for AccessError {}

/// Drops the calling thread's values, the last made first, and those that their destructors make.
pub fn run_destructors() {
    while let Some(header) = next_to_destroy() {
        // SAFETY: entries live to the end of the execution; each is destroyed once.
        let destroyed = crate::panic::catch_unwind(AssertUnwindSafe(|| unsafe {
            if let Some(destroy) = (*header).destroy {
                destroy(header);
            }
        }));
        if destroyed.is_err() {
            die("fatal runtime error: thread local panicked on drop");
        }
    }
}

fn next_to_destroy() -> Option<*mut Header> {
    // SAFETY: the list of the running thread, as `insert` made it.
    unsafe {
        let mut header = *list();
        while !header.is_null() {
            if !(*header).destroyed && (*header).destroy.is_some() {
                (*header).destroyed = true;
                return Some(header);
            }
            header = (*header).next;
        }
    }
    None
}

/// # Safety
/// `header` is that of an `Entry<T>`.
unsafe fn destroy<T>(header: *mut Header) {
    // SAFETY: promised by the caller.
    unsafe { ManuallyDrop::drop(&mut (*header.cast::<Entry<T>>()).value) }
}

fn find(key: *const Key) -> *mut Header {
    // SAFETY: the list of the running thread, as `insert` made it.
    unsafe {
        let mut header = *list();
        while !header.is_null() && (*header).key != key {
            header = (*header).next;
        }
        header
    }
}

fn insert(header: *mut Header) {
    // SAFETY: `header` is new, and the list is the running thread's own.
    unsafe {
        (*header).next = *list();
        *list() = header;
    }
}

/// The running thread's word for its list.
fn list() -> *mut *mut Header {
    // SAFETY: the block is there; the word is this module's.
    unsafe { (&raw mut (*runner::block()).own[WORDS + 1]).cast() }
}

#[cold]
#[track_caller]
fn panic_access_error(err: AccessError) -> ! {
    panic!("cannot access a Thread Local Storage value during or after destruction: {err:?}")
}
