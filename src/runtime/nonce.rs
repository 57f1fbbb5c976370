//! A word that nobody can guess.

use std::io;

/// 16 random bytes, as 32 digits.
pub fn new() -> io::Result<String> {
    let mut bytes = [0u8; 16];
    // SAFETY: as many bytes may be written as are announced.
    let count = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    if usize::try_from(count) != Ok(bytes.len()) {
        return Err(io::Error::last_os_error());
    }
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
