//! SARIF: valid by the schema of OASIS, and in what the schema cannot say.

use boon::{Compiler, Schemas};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{NAMES, bug, class, graded, hostile_class, rendered};
use crate::reports::record::Record;
use crate::words::renderings::{deadlock, lost_update};

const SCHEMA: &str = include_str!("../fixtures/schemas/sarif-schema-2.1.0.json");
const URL: &str = "https://example.org/sarif-schema-2.1.0.json";

/// The run, of a document that is valid.
fn run(records: &[Record]) -> Value {
    let document: Value = serde_json::from_str(&rendered("sarif", records)).expect("JSON");
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    let schema: Value = serde_json::from_str(SCHEMA).expect("JSON");
    compiler.add_resource(URL, schema).expect("a resource");
    let schema = compiler.compile(URL, &mut schemas).expect("a schema");
    if let Err(error) = schemas.validate(&document, schema) {
        panic!("{error:#}");
    }
    document["runs"][0].clone()
}

/// All objects of a field anywhere below.
fn all<'a>(value: &'a Value, field: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == field {
                    found.push(value);
                }
                all(value, field, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| all(value, field, found)),
        _ => {}
    }
}

#[test]
fn a_bug_reads_well() {
    let run = run(&[bug(&deadlock())]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&run["results"]).expect("JSON"));
}

/// A line without a file is taken for one of the file that the result stands in.
#[test]
fn a_place_in_another_file_has_its_name() {
    let mut record = graded(bug(&lost_update()), "ada", "race_counter", Some(4));
    let sites = &mut record.object.bug.as_mut().expect("a bug").sites;
    let failed = sites.last_mut().expect("a site");
    failed.file = "exercises/02_shared_state/race_counter/check.rs".into();
    let line = failed.line;
    let run = run(&[record]);
    let text = run["results"][0]["message"]["text"].as_str();
    let text = text.expect("a message");
    let expected = format!("[check.rs line {line}](3): (4) this check fails.");
    assert!(text.contains(&expected), "{text}");
    assert_eq!(text.matches("check.rs").count(), 1, "{text}");
}

#[test]
fn what_is_no_bug_reads_well() {
    let mut run = run(&class());
    let results = run["results"].as_array_mut().expect("results");
    results.retain(|result| result["codeFlows"].is_null());
    let shown = json!({ "results": results, "invocations": run["invocations"] });
    insta::assert_snapshot!(serde_json::to_string_pretty(&shown).expect("JSON"));
}

#[test]
fn rules_read_well() {
    let run = run(&[]);
    let driver = &run["tool"]["driver"];
    let mut text = String::new();
    for kind in ["rules", "notifications"] {
        for rule in driver[kind].as_array().expect("rules") {
            let part = |field: &str| rule[field]["text"].as_str().expect("a text");
            let (id, name) = (&rule["id"], &rule["name"]);
            let (short, full) = (part("shortDescription"), part("fullDescription"));
            text += &format!("{kind} {id} {name}: {short}\n    {full}\n");
            // GitHub takes no longer ones.
            assert!(full.chars().count() <= 1024);
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_referred_to_is_there() {
    for records in [Vec::new(), class(), hostile_class()] {
        let run = run(&records);
        let ids = |kind: &str| -> Vec<Value> {
            let all = run["tool"]["driver"][kind].as_array().expect("rules");
            all.iter().map(|rule| rule["id"].clone()).collect()
        };
        let (rules, notifications) = (ids("rules"), ids("notifications"));
        for result in run["results"].as_array().expect("results") {
            assert!(rules.contains(&result["ruleId"]));
            assert_eq!(result["locations"].as_array().map(Vec::len), Some(1));
            let message = result["message"]["text"].as_str().expect("a text");
            let related = result["relatedLocations"].as_array().expect("places");
            assert_eq!(message.matches("](").count(), related.len(), "{message}");
            for place in related {
                assert!(message.contains(&format!("]({})", place["id"])));
            }
        }
        let mut said = Vec::new();
        all(&run["invocations"], "descriptor", &mut said);
        assert!(said.iter().all(|said| notifications.contains(&said["id"])));
    }
}

#[test]
fn steps_are_in_one_order_over_all_threads() {
    let run = run(&[bug(&lost_update())]);
    let flows = &run["results"][0]["codeFlows"][0]["threadFlows"];
    assert_eq!(flows.as_array().map(Vec::len), Some(2));
    let mut orders = Vec::new();
    all(flows, "executionOrder", &mut orders);
    let mut orders: Vec<u64> = orders.iter().filter_map(|order| order.as_u64()).collect();
    orders.sort_unstable();
    assert_eq!(orders, (1..=orders.len() as u64).collect::<Vec<_>>());
}

#[test]
fn a_path_is_a_reference_that_leads_back_to_it() {
    for name in NAMES {
        let record = graded(bug(&lost_update()), name, "a b%c", Some(0));
        let path = record.object.subject.path.clone();
        let run = run(&[record]);
        let at = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
        let uri = at["uri"].as_str().expect("a reference");
        assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()), "{uri}");
        assert_eq!(percent_decode_str(uri).decode_utf8().expect("UTF-8"), path);
        assert!(!run["originalUriBaseIds"][at["uriBaseId"].as_str().expect("a base")].is_null());
    }
}

#[test]
fn limits_of_code_scanning_are_kept_and_said() {
    let mut long = bug(&lost_update());
    let witness = long.object.witness.as_mut().expect("a schedule");
    let step = witness.steps[0].clone();
    witness.steps = (1..=1_500)
        .map(|n| {
            let mut step = step.clone();
            step.n = n;
            step
        })
        .collect();
    long.words.steps = vec!["reads 0".into(); 1_500];
    let site = long.sites()[0].clone();
    let found = long.object.bug.as_mut().expect("a bug");
    found.sites = vec![site; 300];
    long.words.labels = vec!["here".into(); 300];
    let run_of_one = run(&[long]);
    let result = &run_of_one["results"][0];
    assert_eq!(
        result["relatedLocations"].as_array().map(Vec::len),
        Some(99)
    );
    let mut orders = Vec::new();
    all(&result["codeFlows"], "executionOrder", &mut orders);
    assert_eq!(orders.len(), 1_000);
    assert_eq!(orders[0], &json!(501));
    let said = &result["codeFlows"][0]["message"]["text"];
    assert_eq!(
        said,
        "the last 1000 of 1500 steps of the schedule that shows it"
    );

    let mut short = bug(&lost_update());
    short.object.witness = None;
    short.object.bug.as_mut().expect("a bug").sites.clear();
    let text = rendered("sarif", &vec![short; 25_001]);
    let many: Value = serde_json::from_str(&text).expect("JSON");
    let run = &many["runs"][0];
    assert_eq!(run["results"].as_array().map(Vec::len), Some(25_000));
    let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(said, "1 results are left out: a run can have 25000");
}
