//! Whose doing an access to memory is: the program's own code's, or the stand-in's for itself.
//!
//! The generic functions of the stand-in, like those of std, are compiled into the program and tell of their accesses too.
//! What the stand-in does to memory of its own (the queue of a channel, the result of a thread) is ordered by the explorer's
//! schedule and not by what std promises, so nothing follows from it. Code of std (`ptr::write`, `Vec::push`) acts for who
//! calls it.

use std::ops::Range;

use super::faults::Calls;
use super::symbols::{Symbols, Whose};

/// What is known of the code of a library, found out as it is needed.
pub struct Doing {
    symbols: Symbols,
    /// The addresses of the library, and what the first is relative to.
    span: Range<usize>,
    base: usize,
    /// By address; 0 where nobody has asked yet.
    known: Vec<u8>,
}

/// The numbers in [`Doing::known`].
const KINDS: [Whose; 3] = [Whose::Program, Whose::StandIn, Whose::Caller];

impl Doing {
    /// Nothing is known yet of the code at `span`; its symbols count from `base`.
    pub fn new(symbols: Symbols, span: Range<usize>, base: usize) -> Self {
        Doing {
            symbols,
            known: vec![0; span.len()],
            span,
            base,
        }
    }

    /// Whether the code at `address`, called from the frame at `frame` of `stack`, acts for the program: on the way out, the
    /// program's own code comes before the stand-in's.
    #[inline]
    pub fn is_programs(&mut self, address: usize, frame: usize, stack: &Range<usize>) -> bool {
        match self.whose(address) {
            Whose::Program => true,
            Whose::StandIn => false,
            Whose::Caller => self.is_the_callers(frame, stack),
        }
    }

    fn is_the_callers(&mut self, frame: usize, stack: &Range<usize>) -> bool {
        for address in Calls::new(frame, stack.clone()) {
            match self.whose(address) {
                Whose::Program => return true,
                Whose::StandIn => return false,
                Whose::Caller => {}
            }
        }
        false
    }

    #[inline]
    fn whose(&mut self, address: usize) -> Whose {
        let Some(known) = self.known.get(address.wrapping_sub(self.span.start)) else {
            return Whose::Caller;
        };
        match usize::from(*known) {
            0 => self.find_out(address),
            kind => KINDS[kind - 1],
        }
    }

    #[cold]
    #[expect(clippy::cast_possible_truncation, reason = "there are three kinds")]
    fn find_out(&mut self, address: usize) -> Whose {
        let whose = self.symbols.whose((address - self.base) as u64);
        let kind = KINDS.iter().position(|kind| *kind == whose).unwrap_or(0);
        self.known[address - self.span.start] = kind as u8 + 1;
        whose
    }
}
