//! `Arc::new_cyclic`, in a file of its own, as std puts the value into the block when it has been announced: a write that
//! nothing orders, so accesses in here do not count as the program's.

use super::{Arc, Counted, Weak};
use crate::access;
use crate::counts::{self, Pointer};
use core::panic::Location;

impl<T> Arc<T> {
    /// As in std. Whoever can upgrade knows of what was done before.
    #[track_caller]
    pub fn new_cyclic<F: FnOnce(&Weak<T>) -> T>(data_fn: F) -> Arc<T> {
        let site = Some(Location::caller());
        Arc::of(Counted::new_cyclic(|weak| {
            let data = data_fn(&Weak::lent(weak));
            access::wrote(weak.as_ptr().cast(), size_of::<T>());
            counts::release(weak.as_ptr(), Pointer::Strong, false, site);
            data
        }))
    }
}
