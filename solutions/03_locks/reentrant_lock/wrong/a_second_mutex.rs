//~ expect: fail torn_update
//! `g` has a mutex of its own, which keeps blocks apart; `f` does not know it and prints into them.

use std::sync::Mutex;

pub struct Printer {
    block: Mutex<()>,
    paper: Mutex<Vec<String>>,
}

impl Printer {
    pub fn new() -> Self {
        Printer {
            block: Mutex::new(()),
            paper: Mutex::new(Vec::new()),
        }
    }

    pub fn f(&self, line: &str) {
        self.paper.lock().unwrap().push(line.to_string());
    }

    pub fn g(&self, line: &str) {
        let _block = self.block.lock().unwrap();
        self.f("=====");
        self.f(line);
        self.f("=====");
    }

    pub fn lines(&self) -> Vec<String> {
        self.paper.lock().unwrap().clone()
    }
}

fn main() {}
