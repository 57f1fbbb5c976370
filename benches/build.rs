//! Makes a module of each program in each size for loom and for shuttle, from the very text that Threadlings is given.

#[expect(dead_code, reason = "the bench needs more of it")]
mod programs;

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

const LIBRARIES: [&str; 2] = ["loom", "shuttle"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=programs");
    println!("cargo::rerun-if-changed=programs.rs");
    let mut made = String::new();
    for library in LIBRARIES {
        let mut rows = String::new();
        writeln!(made, "mod {library}_programs {{")?;
        for program in programs::ALL {
            let text = fs::read_to_string(format!("programs/{}.rs", program.name))?;
            for &size in program.sizes {
                let instance = programs::instance(&text, size, &format!("::{library}"))?;
                let instance = instance.replace("\nfn main()", "\npub fn main()");
                let module = format!("{}_{size}", program.name);
                writeln!(made, "pub mod {module} {{\n{instance}}}")?;
                writeln!(rows, "({:?}, {size}, {module}::main),", program.name)?;
            }
        }
        writeln!(made, "pub static ALL: &[super::Row] = &[{rows}];\n}}")?;
    }
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(Path::new(&folder).join("instances.rs"), made)?;
    Ok(())
}
