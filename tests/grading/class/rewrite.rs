//! Other texts of the same program: what a verdict must not depend on.

use std::collections::BTreeSet;

use super::Chance;

type Rewrite = fn(&str, &str, &mut Chance) -> String;

/// All ways, by name. Each takes the text, the exercise's checks, and chance.
const ALL: [(&str, Rewrite); 9] = [
    ("comments", comments),
    ("blank lines", blank_lines),
    ("tabs", tabs),
    ("carriage returns", carriage_returns),
    ("renamed variables", renamed),
    ("shuffled items", shuffled),
    ("expect for unwrap", expects),
    ("an item that nobody uses", unused_item),
    ("no comments", no_comments),
];

/// One to four ways, one after the other: the text, and their names.
pub fn some(text: &str, check: &str, chance: &mut Chance) -> (String, Vec<&'static str>) {
    let mut ways: Vec<usize> = (0..ALL.len()).collect();
    chance.shuffle(&mut ways);
    ways.truncate(1 + chance.below(4));
    // Ends of lines are the last thing to change: the others look for lines.
    ways.sort_by_key(|way| (ALL[*way].0 == "carriage returns", *way));
    let all = ways.iter().map(|way| ALL[*way]);
    let text = all.clone().fold(text.to_string(), |text, (_, rewrite)| {
        rewrite(&text, check, chance)
    });
    (text, all.map(|(name, _)| name).collect())
}

/// After some of the lines that end a statement or open a block.
fn comments(text: &str, _: &str, chance: &mut Chance) -> String {
    let said = [
        "// is this right?",
        "// TODO",
        "/* unsafe? /* no */ */",
        "// { ) ] \"",
        "// 名前",
        "/* fn main() { */",
    ];
    let lines = text.lines().map(|line| {
        let ends = line.ends_with([';', '{', '}']) && chance.below(4) == 0;
        if ends {
            format!("{line} {}\n", chance.one(&said))
        } else {
            format!("{line}\n")
        }
    });
    lines.collect()
}

fn blank_lines(text: &str, _: &str, chance: &mut Chance) -> String {
    let lines = text
        .lines()
        .map(|line| format!("{line}{}\n", "\n".repeat(chance.below(3))));
    lines.collect()
}

fn tabs(text: &str, _: &str, _: &mut Chance) -> String {
    text.replace("    ", "\t")
}

fn carriage_returns(text: &str, _: &str, _: &mut Chance) -> String {
    text.replace('\n', "\r\n")
}

/// Comments that have a line of their own.
fn no_comments(text: &str, _: &str, _: &mut Chance) -> String {
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

fn expects(text: &str, _: &str, _: &mut Chance) -> String {
    text.replace(".unwrap()", ".expect(\"nobody panics\")")
}

fn unused_item(text: &str, _: &str, chance: &mut Chance) -> String {
    let number = chance.below(1000);
    format!(
        "{text}\n#[allow(dead_code)]\nconst fn helper_{number}(n: u64) -> u64 {{\n    n + {number}\n}}\n"
    )
}

/// The items after the imports in another order. An item ends before an empty line that is followed by a line that is not
/// indented.
fn shuffled(text: &str, _: &str, chance: &mut Chance) -> String {
    let blocks: Vec<&str> = text.split("\n\n").collect();
    let mut items: Vec<String> = Vec::new();
    for block in blocks {
        let goes_on = block.starts_with([' ', '\t', '}', '\n']) || block.is_empty();
        // What is said of an item stays with it.
        let last = items.last().and_then(|item| item.trim_end().lines().last());
        let awaited = last.is_some_and(|line| line.starts_with("///") || line.starts_with("#["));
        match items.last_mut() {
            Some(item) if goes_on || awaited => {
                item.push_str("\n\n");
                item.push_str(block);
            }
            _ => items.push(block.to_string()),
        }
    }
    let is_head = |item: &String| item.starts_with("//!") || item.starts_with("use ");
    let (mut head, mut rest): (Vec<String>, Vec<String>) = items.into_iter().partition(is_head);
    chance.shuffle(&mut rest);
    head.append(&mut rest);
    head.join("\n\n") + "\n"
}

/// Variables that are bound by `let` and nowhere used as anything else.
fn renamed(text: &str, check: &str, chance: &mut Chance) -> String {
    let mut words = words(text);
    let spaces = |word: &&str| !word.trim().is_empty();
    let code: Vec<&str> = words.iter().copied().filter(spaces).collect();
    let mut bound: BTreeSet<&str> = BTreeSet::new();
    for (at, word) in code.iter().enumerate() {
        if *word == "let" {
            let name = if code.get(at + 1) == Some(&"mut") {
                at + 2
            } else {
                at + 1
            };
            bound.extend(
                code.get(name)
                    .filter(|name| name.starts_with(|c: char| c.is_lowercase())),
            );
        }
    }
    let in_check: BTreeSet<&str> = self::words(check).into_iter().collect();
    bound.retain(|name| {
        let uses = code.iter().enumerate().filter(|(_, word)| *word == name);
        !in_check.contains(name)
            && uses.into_iter().all(|(at, _)| {
                let before = at.checked_sub(1).map_or("", |at| code[at]);
                let after = code.get(at + 1).copied().unwrap_or_default();
                before != "." && before != "fn" && after != ":" && after != "("
            })
    });
    let new: Vec<(&str, String)> = bound
        .into_iter()
        .map(|name| (name, format!("{name}_{}", chance.below(100))))
        .collect();
    let renamed: Vec<String> = words
        .drain(..)
        .map(|word| {
            let new = new.iter().find(|(name, _)| *name == word);
            new.map_or(word.to_string(), |(_, new)| new.clone())
        })
        .collect();
    renamed.concat()
}

/// Names, spaces, and everything else one character at a time.
fn words(text: &str) -> Vec<&str> {
    let kind = |c: char| {
        if c.is_alphanumeric() || c == '_' {
            1
        } else if c.is_whitespace() {
            2
        } else {
            0
        }
    };
    let mut words = Vec::new();
    let mut begin = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().copied();
        if next.is_none_or(|(_, next)| kind(next) == 0 || kind(next) != kind(c)) {
            let end = at + c.len_utf8();
            words.push(&text[begin..end]);
            begin = end;
        }
    }
    words
}
