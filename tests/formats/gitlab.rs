//! Code quality: the fields that GitLab requires, and fingerprints that tell findings apart.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{bug, class, hostile_class, rendered};
use crate::words::renderings::lost_update;

#[test]
fn a_class_reads_well() {
    insta::assert_snapshot!(rendered("gitlab", &class()));
}

#[test]
fn every_finding_has_the_fields_that_gitlab_requires() {
    assert_eq!(rendered("gitlab", &[]), "[]\n");
    for records in [class(), hostile_class()] {
        let found: Vec<Value> =
            serde_json::from_str(&rendered("gitlab", &records)).expect("a list");
        let mut prints = BTreeSet::new();
        for issue in &found {
            let text = |field: &str| issue[field].as_str().expect("a text").to_string();
            assert!(!text("description").is_empty());
            assert!(!text("check_name").is_empty());
            assert!(prints.insert(text("fingerprint")), "{issue}");
            let known = ["info", "minor", "major", "critical", "blocker"];
            assert!(known.contains(&text("severity").as_str()));
            let path = issue["location"]["path"].as_str().expect("a path");
            assert!(!path.starts_with("./") && !path.is_empty());
            assert!(issue["location"]["lines"]["begin"].as_u64() > Some(0));
        }
    }
}

#[test]
fn a_fingerprint_stays_when_lines_move() {
    let print = |text: &str| {
        let found: Value = serde_json::from_str(text).expect("a list");
        found[0]["fingerprint"].clone()
    };
    let record = bug(&lost_update());
    let mut moved = record.clone();
    for site in &mut moved.object.bug.as_mut().expect("a bug").sites {
        site.line += 3;
        site.end_line += 3;
    }
    assert_eq!(
        print(&rendered("gitlab", &[record])),
        print(&rendered("gitlab", &[moved]))
    );
}
