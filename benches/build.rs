//! Makes a module of each program in each size for loom and for shuttle, from the very text that Threadlings is given.

#[expect(dead_code, reason = "the bench needs more of it")]
mod programs;

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

/// Where strategies are compared that are not made for a proof, loom has none.
const LIBRARIES: [(&str, bool); 2] = [("loom", false), ("shuttle", true)];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=programs");
    println!("cargo::rerun-if-changed=programs.rs");
    let mut made = String::new();
    for (library, hunts) in LIBRARIES {
        let mut rows = String::new();
        writeln!(made, "mod {library}_programs {{")?;
        let sizes = |program: &'static programs::Program| {
            program.sizes.iter().map(|&size| (program.name, size))
        };
        let mut instances: BTreeSet<_> = programs::ALL.iter().flat_map(sizes).collect();
        if hunts {
            instances.extend(programs::BUGGY.iter().map(|buggy| (buggy.name, buggy.size)));
        }
        for (name, size) in instances {
            let text = fs::read_to_string(format!("programs/{name}.rs"))?;
            let instance = programs::instance(&text, size, &format!("::{library}"))?;
            let instance = instance.replace("\nfn main()", "\npub fn main()");
            writeln!(made, "pub mod {name}_{size} {{\n{instance}}}")?;
            writeln!(rows, "({name:?}, {size}, {name}_{size}::main),")?;
        }
        writeln!(made, "pub static ALL: &[super::Row] = &[{rows}];\n}}")?;
    }
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(Path::new(&folder).join("instances.rs"), made)?;
    Ok(())
}
