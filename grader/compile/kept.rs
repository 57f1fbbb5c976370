//! What makes compiling the same file again quicker.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Input, folder, stand_in};

/// Folders with incremental state that are kept.
const KEPT: usize = 64;

/// The folder for one source file in the cache, ours while this lives.
pub struct Kept {
    /// Where it is.
    pub path: PathBuf,
    _lock: File,
}

impl Kept {
    /// `None` while another run has it.
    pub fn lock(input: &Input) -> io::Result<Option<Kept>> {
        let Some(cache) = folder::cache() else {
            return Ok(None);
        };
        let mut hash = Sha256::new();
        hash.update(
            std::path::absolute(input.file.path)?
                .as_os_str()
                .as_encoded_bytes(),
        );
        let work = cache.join("work");
        let path = work.join(stand_in::hex(&hash.finalize()[..8]));
        if !path.is_dir() {
            fs::create_dir_all(&path)?;
            prune(&work)?;
        }
        let lock = File::create(path.join("lock"))?;
        Ok(lock
            .try_lock()
            .is_ok()
            .then_some(Kept { path, _lock: lock }))
    }
}

/// Removes the folders that have not been used for longest, beyond [`KEPT`].
fn prune(work: &Path) -> io::Result<()> {
    let mut folders: Vec<_> = fs::read_dir(work)?
        .flatten()
        .filter_map(|entry| {
            let lock = entry.path().join("lock");
            Some((fs::metadata(&lock).ok()?.modified().ok()?, entry.path()))
        })
        .collect();
    folders.sort();
    let surplus = folders.len().saturating_sub(KEPT);
    for (_, folder) in &folders[..surplus] {
        let unused = File::open(folder.join("lock")).is_ok_and(|lock| lock.try_lock().is_ok());
        if unused {
            fs::remove_dir_all(folder)?;
        }
    }
    Ok(())
}
