//! Zip files that are the same for the same contents: nothing in them has a date.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::File;

/// Writes the archive aside, and then into its place.
pub(super) fn write(files: &[File], into: &Path) -> io::Result<()> {
    let folder = match into.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let aside = tempfile::NamedTempFile::new_in(folder)?;
    let mut archive = ZipWriter::new(BufWriter::new(aside));
    for file in files {
        let permissions = if file.is_executable { 0o755 } else { 0o644 };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(permissions);
        archive.start_file(&file.path, options)?;
        archive.write_all(&file.bytes)?;
    }
    let aside = archive.finish()?.into_inner()?;
    readable(&aside)?;
    aside.persist(into)?;
    Ok(())
}

/// Temporary files are private; this one is to be handed on.
fn readable(file: &tempfile::NamedTempFile) -> io::Result<()> {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    file.as_file()
        .set_permissions(Permissions::from_mode(0o644))
}
