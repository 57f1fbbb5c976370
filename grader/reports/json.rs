//! JSON lines: the object of the contract for what was checked; for a class also whose answer it is and what it is worth.

use super::record::Record;

pub(super) fn line(record: &Record) -> String {
    let text = match record.grade {
        Some(_) => serde_json::to_string(record),
        None => serde_json::to_string(&record.object),
    };
    // Nothing in a record can fail to be written.
    text.unwrap_or_default() + "\n"
}
