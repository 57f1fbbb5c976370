//! JUnit: valid by the schema of Jenkins, and no answer counts as right that is not.

use std::process::Command;

use super::{class, hostile_class, rendered, xsd};

const SCHEMA: &str = include_str!("../fixtures/schemas/junit-10.xsd");

#[test]
fn a_class_reads_well() {
    insta::assert_snapshot!(rendered("junit", &class()));
}

#[test]
fn it_is_valid_by_the_schema_of_jenkins() {
    for records in [Vec::new(), class(), hostile_class()] {
        let text = rendered("junit", &records);
        assert_eq!(xsd::errors(SCHEMA, &text), Vec::<String>::new(), "{text}");
        xmllint(&text);
    }
}

#[test]
fn the_validator_sees_what_is_wrong() {
    let good = rendered("junit", &class());
    for (part, by) in [
        ("<testcase name=", "<testcase label="),
        ("<testcase name=", "<testcase colour=\"red\" name="),
        ("<system-out>", "<system-in/><system-out>"),
        ("<failure message", "text<failure message"),
        (
            "<failure message",
            "<property name=\"a\" value=\"b\"/><failure message",
        ),
        ("</testsuites>", "<testcase name=\"a\"/></testsuites>"),
        ("</testsuites>", ""),
    ] {
        assert!(good.contains(part), "{part}");
        let bad = good.replacen(part, by, 1);
        assert!(!xsd::errors(SCHEMA, &bad).is_empty(), "{by}");
    }
}

#[test]
fn only_right_answers_succeed() {
    let text = rendered("junit", &class());
    let document = roxmltree::Document::parse(&text).expect("XML");
    let cases = document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"));
    let said: Vec<(&str, &str)> = cases
        .map(|case| {
            let first = case.first_element_child().expect("the output");
            (
                case.attribute("name").expect("a name"),
                first.tag_name().name(),
            )
        })
        .collect();
    let expected = [
        ("ada", "failure"),
        ("名前", "system-out"),
        ("dan", "failure"),
        ("eve", "failure"),
        ("bob", "failure"),
        ("fay", "failure"),
        ("gil", "error"),
        ("hal", "error"),
    ];
    assert_eq!(said, expected);
}

/// The real validator, where the machine has it.
fn xmllint(text: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (schema, document) = (folder.path().join("junit.xsd"), folder.path().join("a.xml"));
    std::fs::write(&schema, SCHEMA).expect("the folder is ours");
    std::fs::write(&document, text).expect("the folder is ours");
    let mut command = Command::new("xmllint");
    command
        .arg("--noout")
        .arg("--schema")
        .arg(&schema)
        .arg(&document);
    match command.output() {
        Ok(said) => assert!(
            said.status.success(),
            "{}",
            String::from_utf8_lossy(&said.stderr)
        ),
        Err(error) => eprintln!("skipped: the check by xmllint, which does not start: {error}"),
    }
}
