//! A printer with two buttons, and a queue of people in front of it.

use std::sync::Mutex;

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
        self.paper.lock().unwrap().push(line.to_string());
    }

    /// The button G: prints one line with a rule above and below it, as one block that nothing gets into.
    pub fn g(&self, line: &str) {
        // TODO: this never comes to an end.
        let mut paper = self.paper.lock().unwrap();
        paper.push("=====".to_string());
        self.f(line);
        paper.push("=====".to_string());
    }

    /// What is on the paper so far.
    pub fn lines(&self) -> Vec<String> {
        self.paper.lock().unwrap().clone()
    }
}

fn main() {
    let printer = Printer::new();
    printer.f("a line");
    println!("{:?}", printer.lines());
    println!("now a block (stop it with Ctrl-C):");
    printer.g("a line in a block");
    println!("{:?}", printer.lines());
}
