//! Two threads push four nodes each to a stack without locks; then it is emptied.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::thread;

struct Node {
    value: u64,
    next: *mut Node,
}

struct Stack(AtomicPtr<Node>);

impl Stack {
    fn push(&self, value: u64) {
        let node = Box::into_raw(Box::new(Node {
            value,
            next: ptr::null_mut(),
        }));
        let mut head = self.0.load(Ordering::Relaxed);
        loop {
            // SAFETY: nobody else knows the node yet.
            unsafe { (*node).next = head };
            let swapped = self
                .0
                .compare_exchange(head, node, Ordering::Release, Ordering::Relaxed);
            match swapped {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    fn sum(self) -> u64 {
        let (mut node, mut sum) = (self.0.into_inner(), 0);
        while !node.is_null() {
            // SAFETY: made by `push`, and no thread is left that uses it.
            let owned = unsafe { Box::from_raw(node) };
            sum += owned.value;
            node = owned.next;
        }
        sum
    }
}

fn main() {
    let stack = Stack(AtomicPtr::new(ptr::null_mut()));
    thread::scope(|scope| {
        for value in [1, 2] {
            let stack = &stack;
            scope.spawn(move || {
                for _ in 0..4 {
                    stack.push(value);
                }
            });
        }
    });
    assert_eq!(stack.sum(), 12);
}
