//! `std::task`: a `Wake` that takes our `Arc`.

pub use ::std::task::*;

use crate::sync::Arc;
use core::mem::ManuallyDrop;

/// What wakes a task, as in std.
pub trait Wake {
    /// Wakes the task.
    fn wake(self: Arc<Self>);

    /// Wakes the task, and keeps the pointer.
    fn wake_by_ref(self: &Arc<Self>) {
        self.clone().wake();
    }
}

impl<W: Wake + Send + Sync + 'static> From<Arc<W>> for Waker {
    fn from(wake: Arc<W>) -> Waker {
        // SAFETY: the functions of `raw` own and lend the pointer as a waker must.
        unsafe { Waker::from_raw(raw(wake)) }
    }
}

impl<W: Wake + Send + Sync + 'static> From<Arc<W>> for RawWaker {
    fn from(wake: Arc<W>) -> RawWaker {
        raw(wake)
    }
}

fn raw<W: Wake + Send + Sync + 'static>(wake: Arc<W>) -> RawWaker {
    let table =
        const { &RawWakerVTable::new(clone::<W>, wake_owned::<W>, wake_lent::<W>, release::<W>) };
    RawWaker::new(Arc::into_raw(wake).cast(), table)
}

unsafe fn clone<W: Wake + Send + Sync + 'static>(data: *const ()) -> RawWaker {
    // SAFETY: `data` comes from `raw`, and stays with its waker.
    let lent = ManuallyDrop::new(unsafe { Arc::from_raw(data.cast::<W>()) });
    raw(Arc::clone(&lent))
}

unsafe fn wake_owned<W: Wake + Send + Sync + 'static>(data: *const ()) {
    // SAFETY: `data` comes from `raw`, and its waker is used up.
    W::wake(unsafe { Arc::from_raw(data.cast()) });
}

unsafe fn wake_lent<W: Wake + Send + Sync + 'static>(data: *const ()) {
    // SAFETY: as in `clone`.
    W::wake_by_ref(&ManuallyDrop::new(unsafe { Arc::from_raw(data.cast()) }));
}

unsafe fn release<W: Wake + Send + Sync + 'static>(data: *const ()) {
    // SAFETY: as in `wake_owned`.
    drop(unsafe { Arc::from_raw(data.cast::<W>()) });
}
