//! A driver is stopped while N requests come in, one after the other. A request first looks whether the driver is stopping, and
//! is counted then: in between, the driver may have stopped. After the Bluetooth driver of KISS (Qadeer, Wu, PLDI 2004).

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 1;

struct Driver {
    pending: Mutex<usize>,
    stopping: AtomicBool,
    nothing_pending: AtomicBool,
    stopped: AtomicBool,
}

impl Driver {
    fn begin(&self) -> bool {
        if self.stopping.load(SeqCst) {
            return false;
        }
        *self.pending.lock().unwrap() += 1;
        true
    }

    fn end(&self) {
        let pending = {
            let mut pending = self.pending.lock().unwrap();
            *pending -= 1;
            *pending
        };
        if pending == 0 {
            self.nothing_pending.store(true, SeqCst);
        }
    }

    fn request(&self) {
        if self.begin() {
            assert!(!self.stopped.load(SeqCst), "the driver has stopped");
            self.end();
        }
    }

    fn stop(&self) {
        self.stopping.store(true, SeqCst);
        self.end();
        if self.nothing_pending.load(SeqCst) {
            self.stopped.store(true, SeqCst);
        }
    }
}

fn main() {
    let driver = Arc::new(Driver {
        pending: Mutex::new(1),
        stopping: AtomicBool::new(false),
        nothing_pending: AtomicBool::new(false),
        stopped: AtomicBool::new(false),
    });
    let stopper = {
        let driver = Arc::clone(&driver);
        thread::spawn(move || driver.stop())
    };
    for _ in 0..N {
        driver.request();
    }
    stopper.join().unwrap();
}
