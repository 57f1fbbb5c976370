//! A text is appended to another: its length is asked first, and its characters fetched then, each under its lock. Meanwhile
//! another thread makes it shorter. After `StringBuffer.append` of the JDK 1.4.

use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 1;

struct Buffer {
    text: Mutex<String>,
}

impl Buffer {
    fn length(&self) -> usize {
        self.text.lock().unwrap().len()
    }

    fn erase(&self, from: usize, to: usize) {
        let mut text = self.text.lock().unwrap();
        let to = to.min(text.len());
        text.replace_range(from..to, "");
    }

    fn characters(&self, to: usize) -> String {
        let text = self.text.lock().unwrap();
        assert!(to <= text.len(), "the end is beyond the text");
        text[..to].to_string()
    }

    fn append(&self, other: &Buffer) {
        let mut text = self.text.lock().unwrap();
        let length = other.length();
        text.push_str(&other.characters(length));
    }
}

fn main() {
    let buffer = |text: &str| Buffer {
        text: Mutex::new(text.to_string()),
    };
    let shared = Arc::new(buffer("abc"));
    let eraser = {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            for _ in 0..N {
                shared.erase(0, 3);
                shared.text.lock().unwrap().push_str("abc");
            }
        })
    };
    buffer("start").append(&shared);
    eraser.join().unwrap();
}
