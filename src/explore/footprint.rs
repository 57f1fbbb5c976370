//! What an operation touches: the relation that decides which orders matter.
//!
//! Two operations of different threads are *dependent* when they touch a common location, unless both touch it in
//! the same commuting [`Mode`]. "Read" and "write" are labels of commutation, not of memory: two readers of an
//! `RwLock` commute, so a read-unlock is a read.

use crate::operation::{Kind, ObjectId, Operation, Rmw};
use crate::trace::Action;

/// A part of an object that operations can touch independently of its other parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// The object itself.
    Whole = 0,
    /// The end of a channel that receivers take from.
    Head = 1,
    /// The end of a channel that senders add to.
    Tail = 2,
    /// Whether any sender is left.
    Senders = 3,
    /// Whether the receiver is left.
    Receiver = 4,
    /// Whether a receiver is waiting at a rendezvous channel.
    Ready = 5,
    /// Whether a writer is waiting at an `RwLock`.
    Queue = 6,
    /// The reference counts of an `Arc`.
    Count = 7,
}

/// How a location is touched. Two touches commute if their modes are the same, and not [`Mode::Write`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Commutes with nothing.
    Write = 0,
    /// Sees the location as it is.
    Read,
    /// Adds or subtracts, and does not see what was there before. Nor do those below.
    Add,
    /// Bitwise "and".
    And,
    /// Bitwise "or".
    Or,
    /// Bitwise "exclusive or".
    Xor,
    /// Keeps the greater.
    Max,
    /// Keeps the lesser.
    Min,
    /// Keeps the greater of signed numbers.
    MaxSigned,
    /// Keeps the lesser of signed numbers.
    MinSigned,
}

impl Mode {
    /// All, in order of their numbers.
    pub const ALL: [Mode; 10] = [
        Mode::Write,
        Mode::Read,
        Mode::Add,
        Mode::And,
        Mode::Or,
        Mode::Xor,
        Mode::Max,
        Mode::Min,
        Mode::MaxSigned,
        Mode::MinSigned,
    ];

    /// Whether touches in the two modes can come in either order.
    #[inline]
    #[must_use]
    pub fn commutes_with(self, other: Mode) -> bool {
        self == other && self != Mode::Write
    }

    /// Whether what the touch finds is seen by nobody, though it may change it.
    #[must_use]
    pub fn is_blind(self) -> bool {
        !matches!(self, Mode::Write | Mode::Read)
    }

    /// The mode of a read-modify-write whose result nobody uses.
    #[must_use]
    pub fn of(rmw: Rmw) -> Mode {
        match rmw {
            Rmw::Add | Rmw::Sub => Mode::Add,
            Rmw::And => Mode::And,
            Rmw::Or => Mode::Or,
            Rmw::Xor => Mode::Xor,
            Rmw::Max => Mode::Max,
            Rmw::Min => Mode::Min,
            Rmw::MaxSigned => Mode::MaxSigned,
            Rmw::MinSigned => Mode::MinSigned,
            Rmw::Swap | Rmw::Nand => Mode::Write,
        }
    }
}

/// At most four locations, each touched in one mode; or a look at everything, which depends on every touch.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Footprint {
    len: u8,
    reads_all: bool,
    /// Location and mode as one number.
    entries: [u32; 4],
}

/// A location of a footprint: an object and a facet, as one number.
pub type Location = u32;

/// Bits of the mode in an entry of a footprint.
const MODE_BITS: u32 = 4;
const MODE_MASK: u32 = (1 << MODE_BITS) - 1;

impl Footprint {
    /// Touches nothing.
    pub const NONE: Footprint = Footprint {
        len: 0,
        reads_all: false,
        entries: [0; 4],
    };

    /// Depends on every write.
    pub const READS_ALL: Footprint = Footprint {
        len: 0,
        reads_all: true,
        entries: [0; 4],
    };

    /// Adds a read.
    #[must_use]
    pub fn reads(self, object: ObjectId, facet: Facet) -> Self {
        self.touches(object, facet, Mode::Read)
    }

    /// Adds a write.
    #[must_use]
    pub fn writes(self, object: ObjectId, facet: Facet) -> Self {
        self.touches(object, facet, Mode::Write)
    }

    /// Adds a touch.
    #[must_use]
    pub fn touches(self, object: ObjectId, facet: Facet, mode: Mode) -> Self {
        self.with(location(object, facet), mode)
    }

    /// Whether the order of two operations with these footprints can matter.
    #[inline]
    #[must_use]
    pub fn depends(&self, other: &Footprint) -> bool {
        for &a in &self.entries[..self.len as usize] {
            for &b in &other.entries[..other.len as usize] {
                // The same place and the same mode, or the same place only.
                if a == b && a & MODE_MASK != Mode::Write as u32 {
                    continue;
                }
                if (a ^ b) >> MODE_BITS == 0 {
                    return true;
                }
            }
        }
        (self.reads_all && other.len > 0) || (other.reads_all && self.len > 0)
    }

    /// The locations, each with how it is touched.
    pub fn accesses(&self) -> impl Iterator<Item = (Location, Mode)> + '_ {
        self.entries[..self.len as usize]
            .iter()
            .map(|&entry| (entry >> MODE_BITS, mode_of(entry)))
    }

    /// How it touches `location`.
    #[must_use]
    pub fn mode_at(&self, location: Location) -> Option<Mode> {
        self.accesses()
            .find(|(own, _)| *own == location)
            .map(|(_, mode)| mode)
    }

    /// The objects, as numbers; one may come twice.
    pub fn objects(&self) -> impl Iterator<Item = u32> + '_ {
        self.accesses().map(|(location, _)| location >> 3)
    }

    /// Whether it depends on every write.
    #[must_use]
    pub fn is_reads_all(&self) -> bool {
        self.reads_all
    }

    /// Reads of the locations that `self` touches.
    #[must_use]
    pub fn as_reads(&self) -> Self {
        let mut reads = *self;
        for entry in &mut reads.entries[..self.len as usize] {
            *entry = self::entry(*entry >> MODE_BITS, Mode::Read);
        }
        reads
    }

    /// Adds that the locations of `other` were looked at, or, if they were touched blindly, written;
    /// [`Footprint::READS_ALL`] where they do not fit.
    #[must_use]
    pub fn union_of_looks(mut self, other: &Footprint, blindly: bool) -> Self {
        if self.reads_all || other.reads_all {
            return Footprint::READS_ALL;
        }
        for (location, _) in other.accesses() {
            let label = if blindly { Mode::Write } else { Mode::Read };
            let known = self.accesses().position(|(own, _)| own == location);
            match known {
                Some(_) if blindly => {}
                Some(index) => self.entries[index] = entry(location, label),
                None if self.len as usize == self.entries.len() => return Footprint::READS_ALL,
                None => self = self.with(location, label),
            }
        }
        self
    }

    fn with(mut self, location: Location, mode: Mode) -> Self {
        self.entries[self.len as usize] = entry(location, mode);
        self.len += 1;
        self
    }
}

impl std::fmt::Debug for Footprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut list = f.debug_list();
        for (location, mode) in self.accesses() {
            list.entry(&format_args!("{mode:?} {}.{}", location >> 3, location & 7));
        }
        list.finish()
    }
}

/// The footprint of an announced operation, whichever way it will go: it may be larger than what the
/// operation turns out to touch, never smaller. (A reversed operation runs in a new context, where a
/// compare-exchange that failed may succeed.)
#[must_use]
pub fn announced(action: Action, operation: &Operation, may_wake_itself: bool) -> Footprint {
    use Action as A;
    use Facet::{Count, Head, Queue, Ready, Receiver, Senders, Tail, Whole};
    let none = Footprint::NONE;
    let object = operation.object;
    match action {
        A::ReadLock | A::TryReadLock => none.reads(object, Whole).reads(object, Queue),
        A::QueueToWrite => none.writes(object, Queue),
        A::Load | A::ReadUnlock | A::OnceGet | A::Print | A::IsFinished => {
            none.reads(object, Whole)
        }
        A::ReadModifyWrite if operation.unused => {
            none.touches(object, Whole, Mode::of(operation.rmw))
        }
        A::Store | A::ReadModifyWrite | A::CompareExchange => none.writes(object, Whole),
        A::Lock | A::TryLock | A::Unlock | A::WriteLock | A::TryWriteLock | A::WriteUnlock => {
            none.writes(object, Whole)
        }
        A::Wait => none.writes(operation.other, Whole).writes(object, Whole),
        A::Reacquire if may_wake_itself => {
            none.writes(operation.other, Whole).writes(object, Whole)
        }
        A::Reacquire => none.writes(operation.other, Whole),
        A::NotifyOne | A::NotifyAll | A::Arrive | A::OnceBegin | A::OnceEnd => {
            none.writes(object, Whole)
        }
        A::Park | A::Unpark | A::End | A::ConsoleLock | A::ConsoleUnlock => {
            none.writes(object, Whole)
        }
        A::Send => none.writes(object, Tail).reads(object, Receiver),
        A::TrySend => {
            let sent = none.writes(object, Tail).reads(object, Receiver);
            match operation.a {
                0 => sent,
                1 => sent.reads(object, Ready).reads(object, Head),
                _ => sent.reads(object, Head),
            }
        }
        A::Receive => none.writes(object, Head),
        A::TryReceive => none
            .writes(object, Head)
            .reads(object, Tail)
            .reads(object, Senders),
        A::ReceiveReady => none.writes(object, Ready),
        A::DropSender => none.touches(object, Senders, Mode::Add),
        // Which of two comes first shows only if the last one is told by what it drops.
        A::ChangeCount if operation.b == 0 => none.touches(object, Count, Mode::Add),
        A::ChangeCount | A::LookAtCount => none.writes(object, Count),
        A::DropReceiver => none.writes(object, Receiver).writes(object, Head),
        A::Fence
        | A::Pass
        | A::SendTaken
        | A::CloneSender
        | A::Spawn
        | A::Join
        | A::ScopeWait
        | A::ScopeLeave
        | A::Yield
        | A::SpinHint
        | A::Sleep
        | A::AwaitChange
        | A::Panic
        | A::Exit
        | A::Abort
        | A::Unmodelled
        | A::Reach
        | A::Read
        | A::Write
        | A::Free => none,
    }
}

/// The step that a kind of operation begins with.
#[must_use]
pub fn first_action(kind: Kind, capacity: u64) -> Action {
    match kind {
        Kind::AtomicLoad => Action::Load,
        Kind::AtomicStore => Action::Store,
        Kind::AtomicRmw => Action::ReadModifyWrite,
        Kind::AtomicCas | Kind::AtomicCasWeak => Action::CompareExchange,
        Kind::Fence => Action::Fence,
        Kind::MutexLock => Action::Lock,
        Kind::MutexTryLock => Action::TryLock,
        Kind::MutexUnlock => Action::Unlock,
        Kind::RwRead => Action::ReadLock,
        Kind::RwWrite => Action::WriteLock,
        Kind::RwTryRead => Action::TryReadLock,
        Kind::RwTryWrite => Action::TryWriteLock,
        Kind::RwReadUnlock => Action::ReadUnlock,
        Kind::RwWriteUnlock => Action::WriteUnlock,
        Kind::CondvarWait | Kind::CondvarWaitTimeout => Action::Wait,
        Kind::NotifyOne => Action::NotifyOne,
        Kind::NotifyAll => Action::NotifyAll,
        Kind::BarrierWait => Action::Arrive,
        Kind::OnceBegin => Action::OnceBegin,
        Kind::OnceEnd => Action::OnceEnd,
        Kind::OnceIsCompleted | Kind::OnceWait => Action::OnceGet,
        Kind::ChannelSend => Action::Send,
        Kind::ChannelSendTaken => Action::SendTaken,
        Kind::ChannelTrySend => Action::TrySend,
        Kind::ChannelRecv if capacity == 1 => Action::ReceiveReady,
        Kind::ChannelRecv => Action::Receive,
        Kind::ChannelTryRecv | Kind::ChannelRecvTimeout => Action::TryReceive,
        Kind::SenderClone => Action::CloneSender,
        Kind::SenderDrop => Action::DropSender,
        Kind::ReceiverDrop => Action::DropReceiver,
        Kind::CountChange => Action::ChangeCount,
        Kind::CountLook => Action::LookAtCount,
        Kind::Park | Kind::ParkTimeout => Action::Park,
        Kind::Unpark => Action::Unpark,
        Kind::Spawn => Action::Spawn,
        Kind::Join => Action::Join,
        Kind::IsFinished => Action::IsFinished,
        Kind::ScopeWait => Action::ScopeWait,
        Kind::ScopeLeave => Action::ScopeLeave,
        Kind::Yield => Action::Yield,
        Kind::SpinHint => Action::SpinHint,
        Kind::Sleep | Kind::Now => Action::Sleep,
        Kind::Print => Action::Print,
        Kind::ConsoleLock => Action::ConsoleLock,
        Kind::ConsoleUnlock => Action::ConsoleUnlock,
        Kind::Exit => Action::Exit,
        Kind::Abort => Action::Abort,
        Kind::Panicked => Action::Panic,
        Kind::Unmodelled => Action::Unmodelled,
        Kind::Reach => Action::Reach,
    }
}

fn entry(location: Location, mode: Mode) -> u32 {
    location << MODE_BITS | mode as u32
}

fn mode_of(entry: u32) -> Mode {
    Mode::ALL[(entry & MODE_MASK) as usize]
}

fn location(object: ObjectId, facet: Facet) -> Location {
    debug_assert!(object != ObjectId::NONE, "an operation without its object");
    object.0 << 3 | facet as u32
}
