//~ expect: fail torn_update
//! The lock is given back for the call and taken again: the block has two gaps.

use std::sync::Mutex;

pub struct Printer {
    paper: Mutex<Vec<String>>,
}

impl Printer {
    pub fn new() -> Self {
        Printer {
            paper: Mutex::new(Vec::new()),
        }
    }

    pub fn f(&self, line: &str) {
        self.paper.lock().unwrap().push(line.to_string());
    }

    pub fn g(&self, line: &str) {
        let mut paper = self.paper.lock().unwrap();
        paper.push("=====".to_string());
        drop(paper);
        self.f(line);
        let mut paper = self.paper.lock().unwrap();
        paper.push("=====".to_string());
    }

    pub fn lines(&self) -> Vec<String> {
        self.paper.lock().unwrap().clone()
    }
}

fn main() {}
