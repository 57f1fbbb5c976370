//! Solution: the part of `f` that needs the lock to be held is a function of its own.
//!
//! A `Mutex` is not reentrant: the thread that holds it waits like everybody else, here for itself. `g` cannot give the lock
//! back in between either, because then somebody else's line could get into the block. So the work is
//! split from the locking: `print` says in its signature that the lock is held (who else has a `&mut Vec`?), and
//! each public function locks exactly once.

use std::sync::Mutex;

const RULE: &str = "=====";

/// Prints on one endless roll of paper.
pub struct Printer {
    paper: Mutex<Vec<String>>,
}

impl Printer {
    /// A printer with an empty roll.
    pub fn new() -> Self {
        Printer {
            paper: Mutex::new(Vec::new()),
        }
    }

    /// The button F: prints one line.
    pub fn f(&self, line: &str) {
        print(&mut self.paper.lock().unwrap(), line);
    }

    /// The button G: prints one line with a rule above and below it, as one block that nothing gets into.
    pub fn g(&self, line: &str) {
        let mut paper = self.paper.lock().unwrap();
        print(&mut paper, RULE);
        print(&mut paper, line);
        print(&mut paper, RULE);
    }

    /// What is on the paper so far.
    pub fn lines(&self) -> Vec<String> {
        self.paper.lock().unwrap().clone()
    }
}

/// Prints one line on paper that the caller has locked.
fn print(paper: &mut Vec<String>, line: &str) {
    paper.push(line.to_string());
}

fn main() {
    let printer = Printer::new();
    printer.f("a line");
    printer.g("a line in a block");
    println!("{:?}", printer.lines());
}
