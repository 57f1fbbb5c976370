//! Names of types without what nobody writes: the modules they are in, and the default allocator.

/// `alloc::vec::Vec<program::Node, alloc::alloc::Global>` → `Vec<Node>`.
pub fn short(name: &str) -> String {
    let mut all = String::new();
    // The path that is being read.
    let mut from = 0;
    for (at, letter) in name.char_indices() {
        if letter.is_alphanumeric() || matches!(letter, '_' | ':' | '#' | '{' | '}') {
            continue;
        }
        push(&mut all, &name[from..at]);
        all.push(letter);
        from = at + letter.len_utf8();
    }
    push(&mut all, &name[from..]);
    all.replace(", Global>", ">").replace(", RandomState>", ">")
}

/// `Ring<u64>` → `Ring`.
pub fn bare(name: &str) -> &str {
    name.split('<').next().unwrap_or(name)
}

fn push(all: &mut String, path: &str) {
    // `[u8; 4]::…` does not occur, but a lifetime or a qualified path may end in colons.
    let last = path.rsplit("::").find(|segment| !segment.is_empty());
    all.push_str(match last {
        Some(last) if last.starts_with("{closure_env") => "{closure}",
        Some(last) => last,
        None => "",
    });
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn types_are_named_as_they_are_written() {
        for (name, expected) in [
            ("u64", "u64"),
            ("*mut program::Node", "*mut Node"),
            (
                "alloc::vec::Vec<program::list::Node, alloc::alloc::Global>",
                "Vec<Node>",
            ),
            (
                "core::option::Option<alloc::boxed::Box<[u8], alloc::alloc::Global>>",
                "Option<Box<[u8]>>",
            ),
            ("(u8, program::Kind)", "(u8, Kind)"),
            ("&str", "&str"),
            (
                "fn(u32) -> core::option::Option<u32>",
                "fn(u32) -> Option<u32>",
            ),
            ("&dyn core::fmt::Debug", "&dyn Debug"),
        ] {
            assert_eq!(short(name), expected);
        }
    }
}
