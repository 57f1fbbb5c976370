//! A queue of N items: its owner takes from one end, a thief from the other. The thief looks whether there is anything left
//! before it says that it takes something, instead of after: the last item can be taken twice. After the queue of Cilk, and
//! the mistakes that CHESS found in such queues.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 2;

struct Queue {
    head: AtomicUsize,
    tail: AtomicUsize,
    slow: Mutex<()>,
    taken: [AtomicUsize; N],
}

impl Queue {
    fn take(&self) -> Option<usize> {
        let tail = self.tail.load(SeqCst) - 1;
        self.tail.store(tail, SeqCst);
        if self.head.load(SeqCst) <= tail {
            return Some(tail);
        }
        // There may be a thief at the last item.
        let _alone = self.slow.lock().unwrap();
        if self.head.load(SeqCst) <= tail {
            return Some(tail);
        }
        self.tail.store(tail + 1, SeqCst);
        None
    }

    fn steal(&self) -> Option<usize> {
        let _alone = self.slow.lock().unwrap();
        let head = self.head.load(SeqCst);
        if head < self.tail.load(SeqCst) {
            self.head.store(head + 1, SeqCst);
            return Some(head);
        }
        None
    }

    fn done(&self, item: Option<usize>) {
        if let Some(item) = item {
            assert_eq!(self.taken[item].fetch_add(1, SeqCst), 0);
        }
    }
}

fn main() {
    let queue = Arc::new(Queue {
        head: AtomicUsize::new(0),
        tail: AtomicUsize::new(N),
        slow: Mutex::new(()),
        taken: [const { AtomicUsize::new(0) }; N],
    });
    let thief = {
        let queue = Arc::clone(&queue);
        thread::spawn(move || {
            for _ in 0..N {
                queue.done(queue.steal());
            }
        })
    };
    for _ in 0..N {
        queue.done(queue.take());
    }
    thief.join().unwrap();
}
