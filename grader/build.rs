//! Embeds the sources of the stand-in for std, all of them: the command compiles them on the user's machine. And a digest
//! of all sources: a verdict of another version is not taken for one of this.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn main() {
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../std");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    files.sort();
    let mut table = String::from("static SOURCES: &[(&str, &str)] = &[\n");
    let mut digest = Sha256::new();
    for file in files {
        let full = root.join(&file);
        writeln!(table, "    ({file:?}, include_str!({full:?})),")
            .expect("a string takes everything");
        println!("cargo::rerun-if-changed={}", full.display());
        digest.update(&file);
        digest.update(fs::read(&full).expect("a source file can be read"));
    }
    let digest: [u8; 32] = digest.finalize().into();
    writeln!(table, "];\nstatic DIGEST: [u8; 32] = {digest:?};")
        .expect("a string takes everything");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("stand_in.rs"), table).expect("cargo's folder can be written");
    let digest = format!("const SOURCES_DIGEST: &str = {:?};\n", whole_digest(&root));
    fs::write(out.join("digest.rs"), digest).expect("cargo's folder can be written");
}

/// Of the stand-in, the detector and the command, and of what they are built with.
fn whole_digest(stand_in: &Path) -> String {
    let project = stand_in.join("..");
    let mut digest = Sha256::new();
    for folder in ["std", "src", "grader"] {
        let root = project.join(folder);
        println!("cargo::rerun-if-changed={}", root.display());
        let mut files = Vec::new();
        collect(&root, &root, &mut files);
        files.sort();
        for file in files {
            add(&mut digest, &format!("{folder}/{file}"), &root.join(&file));
        }
    }
    let locked = project.join("Cargo.lock");
    if locked.is_file() {
        println!("cargo::rerun-if-changed={}", locked.display());
        add(&mut digest, "Cargo.lock", &locked);
    }
    let bytes = digest.finalize();
    bytes[..16].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn add(digest: &mut Sha256, name: &str, path: &Path) {
    let text = fs::read(path).expect("a source file can be read");
    for part in [name.as_bytes(), &text] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the stand-in's folder can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).expect("it is below the root");
            files.push(
                name.to_str()
                    .expect("our files have plain names")
                    .to_owned(),
            );
        }
    }
}
