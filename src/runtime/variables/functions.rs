//! Which functions are active at a place in the code, what they are instances of, and where their variables are.

use addr2line::gimli::{
    self, DW_AT_abstract_origin, DW_AT_frame_base, DW_AT_location, DW_AT_low_pc, DW_AT_ranges,
    DW_AT_type, DW_TAG_inlined_subroutine, DW_TAG_lexical_block, DW_TAG_subprogram,
    DW_TAG_template_type_parameter, Operation, Register, X86_64,
};

use super::debug::{Debug, Die};

/// How deep blocks and inlined calls are looked into.
const DEPTH: usize = 64;

/// A function that is active, perhaps inlined into another one.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The code.
    code: Die,
}

/// A local variable.
pub struct Local {
    /// As it is declared.
    pub name: String,
    /// Its type.
    pub of: Die,
    /// Its first byte.
    pub start: u64,
}

impl Function {
    /// The functions at `pc`, innermost first: the last one has a frame, the others are inlined into it.
    pub fn at(debug: &Debug<'_>, pc: u64) -> Vec<Function> {
        let whole = debug.find_near(pc, |die, entry| {
            let code = entry.has_attr(DW_AT_low_pc) || entry.has_attr(DW_AT_ranges);
            let is = entry.tag() == DW_TAG_subprogram && code && debug.covers(die, entry, pc);
            is.then_some(die)
        });
        let mut all: Vec<Function> = Vec::new();
        let mut at = whole;
        for _ in 0..DEPTH {
            let Some(die) = at else {
                break;
            };
            if debug.tag(die) != Some(DW_TAG_lexical_block) {
                all.insert(0, Function { code: die });
            }
            at = debug.children(die).into_iter().find(|&child| {
                let tag = debug.tag(child);
                let is =
                    tag == Some(DW_TAG_inlined_subroutine) || tag == Some(DW_TAG_lexical_block);
                is && debug.is_at(child, pc)
            });
        }
        all
    }

    /// The modules and types it is in, and its name: `["alloc", "vec", "Vec<u32>", "push<u32>"]`.
    pub fn path(self, debug: &Debug<'_>) -> Vec<String> {
        let Some(&declared) = debug.with_origins(self.code).last() else {
            return Vec::new();
        };
        let mut path = debug.around(declared);
        path.extend(debug.name(declared));
        path
    }

    /// The type that stands for its parameter `T`.
    pub fn parameter(self, debug: &Debug<'_>) -> Option<Die> {
        let all = debug.with_origins(self.code).into_iter();
        let mut children = all.flat_map(|die| debug.children(die));
        let is = |child: &Die| {
            debug.tag(*child) == Some(DW_TAG_template_type_parameter)
                && debug.name(*child).is_some_and(|name| name == "T")
        };
        debug.refers(children.find(is)?, DW_AT_type)
    }

    /// The variable that holds `address`, in a frame whose base pointer is `frame`. One whose block is active at `pc` is
    /// preferred.
    pub fn local(self, debug: &Debug<'_>, pc: u64, frame: u64, address: u64) -> Option<Local> {
        let base = match debug.expression(self.code, DW_AT_frame_base)?[..] {
            [Operation::Register { register }] if register == BASE_POINTER => frame,
            [Operation::CallFrameCFA] => frame.checked_add(16)?,
            _ => return None,
        };
        let mut best: Option<(bool, Local)> = None;
        let mut open = vec![(self.code, true, 0)];
        while let Some((die, active, depth)) = open.pop() {
            for child in debug.children(die) {
                match debug.tag(child) {
                    Some(gimli::DW_TAG_lexical_block) if depth < DEPTH => {
                        open.push((child, active && debug.is_at(child, pc), depth + 1));
                    }
                    Some(gimli::DW_TAG_variable | gimli::DW_TAG_formal_parameter) => {
                        let found = variable(debug, child, base)
                            .filter(|local| local.holds(debug, address))
                            .filter(|_| active || best.is_none());
                        best = found.map(|local| (active, local)).or(best);
                    }
                    _ => {}
                }
            }
        }
        best.map(|(_, local)| local)
    }
}

impl Local {
    fn holds(&self, debug: &Debug<'_>, address: u64) -> bool {
        let size = super::types::size(debug, self.of, 0).unwrap_or(0);
        (self.start..self.start.saturating_add(size)).contains(&address)
    }
}

#[cfg(target_arch = "x86_64")]
const BASE_POINTER: Register = X86_64::RBP;
#[cfg(not(target_arch = "x86_64"))]
const BASE_POINTER: Register = gimli::AArch64::X29;

/// A variable that lies in the frame itself.
fn variable(debug: &Debug<'_>, die: Die, base: u64) -> Option<Local> {
    let start = match debug.expression(die, DW_AT_location)?[..] {
        [Operation::FrameOffset { offset }] => base.checked_add_signed(offset)?,
        [
            Operation::FrameOffset { offset },
            Operation::PlusConstant { value },
        ] => base.checked_add_signed(offset)?.checked_add(value)?,
        _ => return None,
    };
    let declared = debug.refers(die, DW_AT_abstract_origin).unwrap_or(die);
    Some(Local {
        name: debug.name(declared)?,
        of: debug.refers(declared, DW_AT_type)?,
        start,
    })
}
