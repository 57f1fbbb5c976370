//! Names of students as names of files: on every file system, and no two the same.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::compile::hex;

/// Bytes of a name; file systems end at 255.
const LONGEST: usize = 100;

/// What Windows takes for a device, whatever its ending.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "com", "lpt"];

/// A name of a file for each of `names`. A name that is harmless stays what it is; one that is not, or that differs from
/// another one in its case only, gets a few digits that tell it from all others.
pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, String> {
    let mut same: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in names {
        let alike = same.entry(harmless(name).to_lowercase()).or_default();
        if !alike.contains(&name) {
            alike.push(name);
        }
    }
    let named = same.into_values().flat_map(|names| {
        let alone = names.len() == 1;
        names.into_iter().map(move |name| {
            let safe = harmless(name);
            match alone && safe == name {
                true => (name, safe),
                false => (name, marked(&safe, name)),
            }
        })
    });
    named.collect()
}

/// The name with these digits.
pub fn marked(safe: &str, name: &str) -> String {
    format!("{safe}-{}", hex(&Sha256::digest(name)[..4]))
}

/// Letters, digits and a few signs, and no more of them than there is room for.
pub fn harmless(name: &str) -> String {
    let is_plain = |c: &char| c.is_alphanumeric() || "-_.,@+ ()'".contains(*c);
    let mut safe = String::new();
    for c in name.chars() {
        if safe.len() + c.len_utf8() > LONGEST {
            break;
        }
        safe.push(if is_plain(&c) { c } else { '_' });
    }
    // `..`, hidden files, options of commands; and what Windows drops at the end.
    if safe.starts_with(['.', '-', ' ']) {
        safe.replace_range(..1, "_");
    }
    if safe.ends_with(['.', ' ']) {
        safe.replace_range(safe.len() - 1.., "_");
    }
    let stem = safe.split('.').next().unwrap_or(&safe).to_lowercase();
    let device = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    if safe.is_empty() || DEVICES.contains(&device) {
        safe.insert(0, '_');
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, of};

    fn one(name: &str) -> String {
        of([name])[name].clone()
    }

    #[test]
    fn plain_names_stay() {
        for name in ["alice", "Zoë O'Neill (3)", "12345_lee.sun@x.org", "名前"] {
            assert_eq!(one(name), name);
        }
    }

    #[test]
    fn no_name_leaves_its_folder() {
        let long = "x".repeat(1000);
        let names = [
            "", ".", "..", "../x", "/etc", "a/b", "a\\b", "-rf", ".hidden", "nul", "COM1.txt",
            "a\0b", "a\nb", "x.", "x ", "<b>", "a:b", &long,
        ];
        for name in names {
            let safe = one(name);
            assert_ne!(safe, name);
            assert!(!safe.contains(['/', '\\', '\0', '\n', '<', ':']), "{safe}");
            assert!(!safe.starts_with(['.', '-']), "{safe}");
            assert!(safe.len() <= LONGEST + 10, "{safe}");
        }
    }

    #[test]
    fn no_two_are_the_same_even_where_case_does_not_count() {
        let names = ["a/b", "a:b", "a_b", "A_B", "Ada", "ada", "ÉA", "éa", "b"];
        let safe = of(names);
        let mut lower: Vec<String> = safe.values().map(|name| name.to_lowercase()).collect();
        lower.sort();
        lower.dedup();
        assert_eq!(lower.len(), names.len(), "{safe:?}");
        assert_eq!(safe["b"], "b");
        assert_ne!(safe["ada"], "ada");
    }
}
