//! What a thread runs, and how its result gets to whoever joins it.

use super::Thread;
use super::current::become_current;
use super::scoped::ScopeData;
use crate::abi::{CountOrder, Kind, Operation, Text};
use crate::counts::{self, End, Pointer};
use crate::runner::{self, Caller};
use crate::thread::Result;
use ::std::sync::Arc;
use core::cell::UnsafeCell;
use core::fmt;
use core::mem::{self, ManuallyDrop};
use core::panic::{AssertUnwindSafe, Location};
use core::ptr;

/// A thread that can be waited for, as in std.
pub struct JoinHandle<T>(pub(super) Inner<T>);

// SAFETY: as in std: the result is only reached by joining, which consumes the handle.
unsafe impl<T> Send for JoinHandle<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for JoinHandle<T> {}

impl<T> JoinHandle<T> {
    /// A handle to the thread.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.0.thread
    }

    /// Waits for the thread's end.
    ///
    /// # Errors
    /// What the thread has panicked with.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        self.0.join(Location::caller())
    }

    /// Whether the thread has ended.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.0.is_finished(Location::caller())
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

/// Both kinds of handle.
pub(super) struct Inner<T> {
    pub thread: Thread,
    packet: Share<T>,
}

/// Where the thread leaves its result.
struct Packet<T> {
    result: UnsafeCell<Option<Result<T>>>,
    scope: Option<Arc<ScopeData>>,
}

// SAFETY: the thread writes before it ends; whoever joins it reads after that.
unsafe impl<T: Send> Send for Packet<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Packet<T> {}

impl<T> Drop for Packet<T> {
    fn drop(&mut self) {
        let unhandled = matches!(self.result.get_mut(), Some(Err(_)));
        let dropped =
            crate::panic::catch_unwind(AssertUnwindSafe(|| *self.result.get_mut() = None));
        if dropped.is_err() {
            die("fatal runtime error: thread result panicked on drop");
        }
        if let Some(scope) = &self.scope
            && unhandled
        {
            scope.panicked();
        }
    }
}

/// What a thread and its handle each have of the packet: an `Arc` that announces its end, as what is left of the result
/// then goes with the last of the two. Nothing is announced of one that is joined.
struct Share<T>(ManuallyDrop<Arc<Packet<T>>>);

impl<T> Share<T> {
    fn of(packet: Arc<Packet<T>>) -> Self {
        Share(ManuallyDrop::new(packet))
    }

    /// The packet of a thread that has ended, for who has waited for that.
    fn joined(self) -> Arc<Packet<T>> {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: `this` is not used again, nor dropped.
        unsafe { ManuallyDrop::take(&mut this.0) }
    }
}

impl<T> Drop for Share<T> {
    fn drop(&mut self) {
        let (packet, matters) = (Arc::as_ptr(&self.0), counts::matters::<T>());
        // SAFETY: one thread runs at a time, and none stops here.
        let is_panic = matches!(unsafe { &*self.0.result.get() }, Some(Err(_)));
        let mut end = None;
        if mem::needs_drop::<T>() || is_panic {
            if matters {
                counts::release(packet, Pointer::Strong, true, None);
            } else if counts::is_watched() {
                counts::order(packet, CountOrder::ReleaseStrong);
            }
            let is_last = Arc::strong_count(&self.0) == 1;
            end = is_last.then(|| End::of_value(packet, matters));
        }
        // SAFETY: dropped once.
        unsafe { ManuallyDrop::drop(&mut self.0) }
        drop(end);
    }
}

impl<T> Inner<T> {
    /// Spawns a thread that runs `f`.
    ///
    /// # Safety
    /// What `f` and its result borrow outlives the thread.
    pub(super) unsafe fn spawn<'a, F>(
        name: Option<String>,
        scope: Option<Arc<ScopeData>>,
        f: F,
        site: Caller,
    ) -> Inner<T>
    where
        F: FnOnce() -> T + Send + 'a,
        T: Send + 'a,
    {
        let thread = Thread::new(name, u64::MAX);
        if let Some(scope) = &scope {
            scope.entered();
        }
        let packet = Arc::new(Packet {
            result: UnsafeCell::new(None),
            scope,
        });
        let theirs = Share::of(Arc::clone(&packet));
        let body = move || {
            let result = crate::panic::catch_unwind(AssertUnwindSafe(f));
            let panicked = result.is_err();
            // SAFETY: nobody reads it before this thread has ended.
            unsafe { *theirs.0.result.get() = Some(result) };
            let scope = theirs.0.scope.clone();
            drop(theirs);
            (panicked, scope)
        };
        let body: Box<dyn FnOnce() -> (bool, Option<Arc<ScopeData>>) + 'a> = Box::new(body);
        // SAFETY: promised by the caller; a lifetime is all that changes.
        let body = unsafe { mem::transmute::<Box<dyn FnOnce() -> _ + 'a>, Body>(body) };
        launch(&thread, body, site);
        Inner {
            thread,
            packet: Share::of(packet),
        }
    }

    pub(super) fn join(self, site: Caller) -> Result<T> {
        runner::plain(Kind::Join, self.thread.number(), Some(site));
        Arc::get_mut(&mut self.packet.joined())
            .and_then(|packet| packet.result.get_mut().take())
            .expect("a thread that has ended leaves a result")
    }

    pub(super) fn is_finished(&self, site: Caller) -> bool {
        runner::plain(Kind::IsFinished, self.thread.number(), Some(site)).value == 1
    }
}

type Body = Box<dyn FnOnce() -> (bool, Option<Arc<ScopeData>>)>;

/// A thread before its start, as it goes through the runner.
struct Start {
    thread: Thread,
    body: Body,
}

#[inline(never)]
fn launch(thread: &Thread, body: Body, site: Caller) {
    let start = Box::into_raw(Box::new(Start {
        thread: thread.clone(),
        body,
    }));
    let reply = runner::perform(Operation {
        a: start.expose_provenance() as u64,
        text: thread.name().map_or(Text::NONE, Text::of),
        site: ptr::from_ref(site),
        ..runner::operation(Kind::Spawn)
    });
    thread.set_number(reply.value);
}

/// Runs a spawned thread to its end; true when it panicked.
///
/// # Safety
/// `pointer` comes from a [`Kind::Spawn`], and is used once.
pub unsafe fn run(pointer: u64) -> bool {
    let start: *mut Start = ptr::with_exposed_provenance_mut(pointer as usize);
    // SAFETY: promised by the caller.
    let Start { thread, body } = *unsafe { Box::from_raw(start) };
    become_current(thread);
    let (panicked, scope) = body();
    if let Some(scope) = scope {
        scope.leave();
    }
    super::run_destructors();
    panicked
}

/// Ends the program, as std does when a destructor panics where it must not.
pub(super) fn die(message: &str) -> ! {
    runner::text(Kind::Print, 2, &format!("{message}, aborting\n"), None);
    runner::plain(Kind::Abort, 0, None);
    runner::unreachable()
}
