//! The program's memory, recorded once and put back before every execution.
//!
//! Three parts: the writable segments of its shared library, its thread-local storage on this thread, and the
//! heap that it allocates from.

use std::ffi::c_void;
use std::io;
use std::ops::Range;
use std::ptr;

/// Where a loaded library lies in memory.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// What its own addresses are relative to.
    pub base: usize,
    /// All of it.
    pub span: Range<usize>,
    /// What it may write once it is loaded.
    writable: Vec<Range<usize>>,
    /// Its thread-local block on the calling thread; empty without thread locals.
    thread_local: Range<usize>,
}

impl Layout {
    /// The layout of the library that contains `address`.
    pub fn of(address: usize) -> Option<Layout> {
        let mut search = (address, None);
        // SAFETY: the callback gets `search` back, as the type it expects, during this call only.
        unsafe { libc::dl_iterate_phdr(Some(visit), (&raw mut search).cast()) };
        search.1
    }

    /// Where a static at `address` is in the library, the same number wherever that was loaded.
    pub fn offset(&self, address: usize) -> Option<u64> {
        self.span
            .contains(&address)
            .then(|| (address - self.base) as u64)
    }

    /// Bytes of thread-local storage.
    pub fn thread_local(&self) -> Range<usize> {
        self.thread_local.clone()
    }
}

unsafe extern "C" {
    /// The dynamic linker's access to thread-local blocks; it makes the block if need be.
    fn __tls_get_addr(index: *const [usize; 2]) -> *mut c_void;
}

unsafe extern "C" fn visit(
    info: *mut libc::dl_phdr_info,
    _size: usize,
    search: *mut c_void,
) -> libc::c_int {
    // SAFETY: `of` passes a pointer to exactly this type, and nobody else holds it.
    let (address, found) = unsafe { &mut *search.cast::<(usize, Option<Layout>)>() };
    // SAFETY: the linker passes a valid record, with `dlpi_phnum` headers at `dlpi_phdr`.
    let (info, headers) = unsafe {
        let info = &*info;
        let headers = if info.dlpi_phnum == 0 {
            &[][..]
        } else {
            std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum))
        };
        (info, headers)
    };
    let base = info.dlpi_addr as usize;
    let range = |header: &libc::Elf64_Phdr| {
        let start = base + header.p_vaddr as usize;
        start..start + header.p_memsz as usize
    };
    let loads: Vec<_> = headers
        .iter()
        .filter(|header| header.p_type == libc::PT_LOAD)
        .collect();
    if !loads.iter().any(|load| range(load).contains(address)) {
        return 0;
    }
    let mut layout = Layout {
        base,
        span: loads
            .iter()
            .map(|load| range(load).start)
            .min()
            .unwrap_or(0)
            ..loads.iter().map(|load| range(load).end).max().unwrap_or(0),
        ..Layout::default()
    };
    // The linker protects whole pages only: what shares its last page with other data stays writable.
    let sealed = headers
        .iter()
        .find(|header| header.p_type == libc::PT_GNU_RELRO)
        .map_or(0..0, |header| {
            let page = page_size();
            let range = range(header);
            range.start / page * page..range.end / page * page
        });
    for load in loads.iter().filter(|load| load.p_flags & libc::PF_W != 0) {
        let whole = range(load);
        let before = whole.start..whole.end.min(sealed.start.max(whole.start));
        let after = whole.start.max(sealed.end.min(whole.end))..whole.end;
        if sealed.is_empty() {
            layout.writable.push(whole);
        } else {
            layout
                .writable
                .extend([before, after].into_iter().filter(|part| !part.is_empty()));
        }
    }
    if let Some(header) = headers
        .iter()
        .find(|header| header.p_type == libc::PT_TLS && header.p_memsz > 0)
    {
        // SAFETY: the module has a thread-local segment, and `dlpi_tls_modid` is its number.
        let start = unsafe { __tls_get_addr(&[info.dlpi_tls_modid, 0]) } as usize;
        layout.thread_local = start..start + header.p_memsz as usize;
    }
    *found = Some(layout);
    1
}

fn page_size() -> usize {
    // SAFETY: no preconditions.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}

/// Where the heap goes if that is free: a program that looks at addresses then sees the same ones in every run.
const HEAP_HINT: usize = 0x2000_0000_0000;

/// The memory that the program allocates from.
pub struct Heap {
    start: *mut u8,
    size: usize,
}

impl Heap {
    /// Reserves `size` bytes of zeroes; they are committed when they are touched.
    ///
    /// # Errors
    /// When the system refuses the address space.
    pub fn new(size: usize) -> io::Result<Heap> {
        let size = size.next_multiple_of(page_size());
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a fresh anonymous mapping touches no memory that exists.
        let start = unsafe {
            libc::mmap(
                HEAP_HINT as *mut c_void,
                size,
                libc::PROT_READ | libc::PROT_WRITE,
                flags,
                -1,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Heap {
            start: start.cast(),
            size,
        })
    }

    /// First byte.
    pub fn start(&self) -> *mut u8 {
        self.start
    }

    /// Bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The touched pages, as ranges.
    fn touched(&self) -> io::Result<Vec<Range<usize>>> {
        let page = page_size();
        let mut pages = vec![0u8; self.size / page];
        // SAFETY: the range is our mapping, and `pages` has a byte for each of its pages.
        if unsafe { libc::mincore(self.start.cast(), self.size, pages.as_mut_ptr()) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let start = self.start as usize;
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for (n, _) in pages.iter().enumerate().filter(|(_, page)| **page & 1 != 0) {
            let at = start + n * page;
            match ranges.last_mut() {
                Some(last) if last.end == at => last.end += page,
                _ => ranges.push(at..at + page),
            }
        }
        Ok(ranges)
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours; the plug-in that uses it is dropped before it and runs no more.
        unsafe { libc::munmap(self.start.cast(), self.size) };
    }
}

/// The program's memory as it was when it was recorded.
pub struct Image {
    /// The thread-local block first, then the writable segments, then the heap.
    parts: Vec<(Range<usize>, Box<[u8]>)>,
    /// How many of them are not heap.
    statics: usize,
}

impl Image {
    /// Records everything that the program can write.
    ///
    /// # Errors
    /// When the system does not say which pages of the heap are in use.
    ///
    /// # Safety
    /// `layout` is that of a loaded library, on the calling thread.
    pub unsafe fn record(layout: &Layout, heap: &Heap) -> io::Result<Image> {
        let ranges = std::iter::once(layout.thread_local())
            .chain(layout.writable.iter().cloned())
            .chain(heap.touched()?);
        let parts = ranges
            // SAFETY: the ranges are mapped and readable: segments of a loaded library, and pages of the heap.
            .map(|range| unsafe { (range.clone(), bytes(range).into()) })
            .collect();
        Ok(Image {
            parts,
            statics: 1 + layout.writable.len(),
        })
    }

    /// Puts everything back.
    ///
    /// # Safety
    /// No code of the program is running, and what its abandoned threads own is never used again.
    pub unsafe fn restore(&self) {
        for (range, image) in &self.parts {
            // SAFETY: the range is writable memory of the program, as long as the image, and not in use.
            unsafe {
                ptr::copy_nonoverlapping(image.as_ptr(), range.start as *mut u8, image.len());
            }
        }
    }

    /// What the recorded statics hold now.
    ///
    /// # Safety
    /// No code of the program runs while the result lives.
    pub unsafe fn now(&self) -> impl Iterator<Item = &[u8]> {
        let parts = self.parts.iter().take(self.statics);
        // SAFETY: the ranges are readable memory of the program.
        parts.map(|(range, _)| unsafe { bytes(range.clone()) })
    }

    /// The initial bytes of the thread-local block.
    pub fn thread_local(&self) -> &[u8] {
        &self.parts[0].1
    }
}

/// The bytes of `range`.
///
/// # Safety
/// The range is readable, and not written while the result lives.
pub unsafe fn bytes<'a>(range: Range<usize>) -> &'a [u8] {
    if range.is_empty() {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(range.start as *const u8, range.len()) }
}
