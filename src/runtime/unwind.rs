//! The calls that are active, by the tables that panics unwind with: exact at every instruction, in code that keeps no
//! frame pointers and across a signal. Walking the frames is not: while a function sets its frame up, its caller is
//! missing from the chain.
//!
//! The unwinder is the one that std itself is linked with. Its interface is that of the Itanium C++ ABI, section 1.

use std::ffi::{c_int, c_void};
use std::ops::Range;

/// An activation, while it is visited.
#[repr(C)]
struct Context {
    _opaque: [u8; 0],
}

/// `_URC_NO_REASON`: go on.
const GO_ON: c_int = 0;
/// `_URC_NORMAL_STOP`.
const STOP: c_int = 4;

unsafe extern "C" {
    fn _Unwind_Backtrace(
        visit: unsafe extern "C" fn(*mut Context, *mut c_void) -> c_int,
        argument: *mut c_void,
    ) -> c_int;
    fn _Unwind_GetIPInfo(context: *mut Context, is_before: *mut c_int) -> usize;
}

struct Found<'a> {
    calls: &'a mut [usize],
    count: usize,
    code: Range<usize>,
}

/// Writes the places in `code` that are active to `calls`, innermost first, and returns how many: for a function that
/// has called another, an address inside the call.
///
/// Allocates nothing. In a signal handler it may wait for a lock that the interrupted code holds, so somebody else must
/// be there to end the process.
pub fn calls(calls: &mut [usize], code: Range<usize>) -> usize {
    let mut found = Found {
        calls,
        count: 0,
        code,
    };
    // SAFETY: `visit` has the type that is asked for, and gets `found` back, which outlives the call.
    unsafe { _Unwind_Backtrace(visit, (&raw mut found).cast()) };
    found.count
}

unsafe extern "C" fn visit(context: *mut Context, argument: *mut c_void) -> c_int {
    // SAFETY: what `calls` has passed, borrowed by nobody else meanwhile.
    let found = unsafe { &mut *argument.cast::<Found<'_>>() };
    let mut is_before = 0;
    // SAFETY: the unwinder's own context, during its visit.
    let address = unsafe { _Unwind_GetIPInfo(context, &raw mut is_before) };
    // After a call the address is that of the next instruction, which may be another line's.
    let address = if is_before == 0 {
        address.saturating_sub(1)
    } else {
        address
    };
    if found.code.contains(&address) {
        let Some(slot) = found.calls.get_mut(found.count) else {
            return STOP;
        };
        *slot = address;
        found.count += 1;
    }
    GO_ON
}

#[cfg(test)]
mod tests {
    use super::calls;

    #[test]
    fn callers_are_found_innermost_first() {
        #[inline(never)]
        fn inner(places: &mut [usize]) -> usize {
            std::hint::black_box(calls(places, 0..usize::MAX))
        }
        let mut places = [0; 64];
        let count = inner(&mut places);
        assert!(count > 3, "{count}");
        let start = inner as *const () as usize;
        // `calls` itself may have been inlined.
        let position = places
            .iter()
            .position(|place| (start..start + 4096).contains(place));
        assert!(position.is_some_and(|at| at < 3), "{places:x?} {start:x}");
        assert_eq!(calls(&mut places[..2], 0..usize::MAX), 2);
        assert_eq!(calls(&mut places, 0..0), 0);
    }
}
