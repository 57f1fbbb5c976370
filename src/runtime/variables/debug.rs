//! The debug information of a compiled program, entry by entry.
//!
//! It was made by the compiler from a stranger's file: whatever is odd about it has no answer, and never an end that is
//! not ours. Entries are only ever walked downwards, and references are followed a bounded number of times.

use addr2line::gimli::{
    self, AttributeValue, DW_AT_abstract_origin, DW_AT_name, DW_AT_specification, DwAt, DwTag,
    Dwarf, EndianSlice, EntriesTreeNode, Reader, RunTimeEndian, Unit, UnitOffset,
};
use object::{Object, ObjectSection};

type Slice<'a> = EndianSlice<'a, RunTimeEndian>;
pub(super) type Entry<'a> = gimli::DebuggingInformationEntry<Slice<'a>>;

/// The debug information of a library.
pub struct Debug<'a> {
    dwarf: Dwarf<Slice<'a>>,
    units: Vec<Unit<Slice<'a>>>,
}

/// One entry, by where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Die {
    unit: usize,
    offset: UnitOffset,
}

impl<'a> Debug<'a> {
    /// Reads the sections of the shared library in `file`.
    pub fn read(file: &'a [u8]) -> Option<Debug<'a>> {
        let file = object::File::parse(file).ok()?;
        let endian = match file.is_little_endian() {
            true => RunTimeEndian::Little,
            false => RunTimeEndian::Big,
        };
        let section = |id: gimli::SectionId| {
            let data = file.section_by_name(id.name()).and_then(|s| s.data().ok());
            Ok::<_, gimli::Error>(EndianSlice::new(data.unwrap_or(&[]), endian))
        };
        let dwarf = Dwarf::load(section).ok()?;
        let mut units = Vec::new();
        let mut headers = dwarf.units();
        while let Ok(Some(header)) = headers.next() {
            units.extend(dwarf.unit(header).ok());
        }
        Some(Debug { dwarf, units })
    }

    /// The first entry that `find` makes something of, among all that are not inside such as it does not want to look
    /// into.
    pub fn find<R>(&self, mut find: impl FnMut(Die, &Entry<'a>) -> Option<R>) -> Option<R> {
        self.find_in(0..self.units.len(), &mut find)
    }

    /// The same, in the units that have code at `pc`.
    pub fn find_near<R>(
        &self,
        pc: u64,
        mut find: impl FnMut(Die, &Entry<'a>) -> Option<R>,
    ) -> Option<R> {
        let near = (0..self.units.len()).filter(|&unit| {
            let ranges = self.dwarf.unit_ranges(&self.units[unit]);
            ranges.is_ok_and(|ranges| contains(ranges, pc))
        });
        self.find_in(near, &mut find)
    }

    fn find_in<R>(
        &self,
        units: impl Iterator<Item = usize>,
        find: &mut dyn FnMut(Die, &Entry<'a>) -> Option<R>,
    ) -> Option<R> {
        for unit in units {
            let mut entries = self.units[unit].entries();
            while let Ok(Some(entry)) = entries.next_dfs() {
                let die = Die {
                    unit,
                    offset: entry.offset(),
                };
                if let Some(found) = find(die, entry) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// What kind of entry it is.
    pub fn tag(&self, die: Die) -> Option<DwTag> {
        Some(self.entry(die)?.tag())
    }

    /// A name, as it is written there.
    pub fn name(&self, die: Die) -> Option<String> {
        let value = self.attribute(die, DW_AT_name)?;
        let text = self.dwarf.attr_string(&self.units[die.unit], value).ok()?;
        Some(text.to_string_lossy().into_owned())
    }

    /// A number.
    pub fn number(&self, die: Die, name: DwAt) -> Option<u64> {
        self.entry(die)?.attr(name)?.udata_value()
    }

    /// A location or frame base.
    pub fn expression(&self, die: Die, name: DwAt) -> Option<Vec<gimli::Operation<Slice<'a>>>> {
        let expression = self.entry(die)?.attr(name)?.exprloc_value()?;
        let mut operations = expression.operations(self.units[die.unit].encoding());
        let mut all = Vec::new();
        while let Some(operation) = operations.next().ok()? {
            all.push(operation);
        }
        Some(all)
    }

    /// The entry that an attribute refers to.
    pub fn refers(&self, die: Die, name: DwAt) -> Option<Die> {
        match self.entry(die)?.attr_value(name)? {
            AttributeValue::UnitRef(offset) => Some(Die { offset, ..die }),
            AttributeValue::DebugInfoRef(offset) => {
                let mut units = self.units.iter().enumerate();
                units.find_map(|(unit, of)| {
                    let offset = offset.to_unit_offset(&of.header)?;
                    Some(Die { unit, offset })
                })
            }
            _ => None,
        }
    }

    /// An entry, and those in which the rest of what is known of it stands.
    pub fn with_origins(&self, die: Die) -> Vec<Die> {
        let mut all = vec![die];
        while all.len() < 4
            && let Some(next) = [DW_AT_specification, DW_AT_abstract_origin]
                .into_iter()
                .find_map(|name| self.refers(all[all.len() - 1], name))
        {
            all.push(next);
        }
        all
    }

    /// The entries right inside.
    pub fn children(&self, die: Die) -> Vec<Die> {
        let inside = || {
            let mut tree = self
                .units
                .get(die.unit)?
                .entries_tree(Some(die.offset))
                .ok()?;
            Some(offsets(tree.root().ok()?))
        };
        let offsets = inside().unwrap_or_default().into_iter();
        offsets.map(|offset| Die { offset, ..die }).collect()
    }

    /// The names of the modules, types and functions around an entry, outermost first.
    pub fn around(&self, die: Die) -> Vec<String> {
        let mut around: Vec<Die> = Vec::new();
        let Some(unit) = self.units.get(die.unit) else {
            return Vec::new();
        };
        let mut entries = unit.entries();
        while let Ok(Some(entry)) = entries.next_dfs() {
            // Depth 0 is the unit itself.
            around.truncate(usize::try_from(entry.depth()).unwrap_or(0));
            if entry.offset() == die.offset {
                break;
            }
            around.push(Die {
                offset: entry.offset(),
                ..die
            });
        }
        let names = around.iter().skip(1).map(|&die| self.name(die));
        names.map(Option::unwrap_or_default).collect()
    }

    /// Whether the code of a function, a call that was inlined or a block is at `pc`.
    pub fn is_at(&self, die: Die, pc: u64) -> bool {
        let entry = self.entry(die);
        let is = |entry: Entry<'a>| self.covers(die, &entry, pc);
        entry.is_some_and(is)
    }

    /// The same, of an entry that has been read.
    pub fn covers(&self, die: Die, entry: &Entry<'a>, pc: u64) -> bool {
        let ranges = self.dwarf.die_ranges(&self.units[die.unit], entry);
        ranges.is_ok_and(|ranges| contains(ranges, pc))
    }

    fn attribute(&self, die: Die, name: DwAt) -> Option<AttributeValue<Slice<'a>>> {
        self.entry(die)?.attr_value(name)
    }

    fn entry(&self, die: Die) -> Option<Entry<'a>> {
        self.units.get(die.unit)?.entry(die.offset).ok()
    }
}

fn contains<R: Reader<Offset = usize>>(mut ranges: gimli::RangeIter<R>, pc: u64) -> bool {
    while let Ok(Some(range)) = ranges.next() {
        if (range.begin..range.end).contains(&pc) {
            return true;
        }
    }
    false
}

fn offsets(node: EntriesTreeNode<'_, '_, Slice<'_>>) -> Vec<UnitOffset> {
    let mut children = node.children();
    let mut all = Vec::new();
    while let Ok(Some(child)) = children.next() {
        all.push(child.entry().offset());
    }
    all
}
