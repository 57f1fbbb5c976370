//~ expect: fail wrong_result
//! `f` does not wait, and prints nothing when the paper is taken: also when `g` itself has taken it.

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
        if let Ok(mut paper) = self.paper.try_lock() {
            paper.push(line.to_string());
        }
    }

    pub fn g(&self, line: &str) {
        let mut paper = self.paper.lock().unwrap();
        paper.push("=====".to_string());
        self.f(line);
        paper.push("=====".to_string());
    }

    pub fn lines(&self) -> Vec<String> {
        self.paper.lock().unwrap().clone()
    }
}

fn main() {}
