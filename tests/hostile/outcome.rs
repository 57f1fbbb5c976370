//! What must come of an attack.

use serde_json::Value;

/// One of several outcomes, and what a person is told to look at.
pub struct Outcome {
    ways: Vec<Way>,
    review: Option<String>,
}

struct Way {
    /// `fail`, or `fail lost_update`
    verdict: String,
    /// A piece of the report.
    says: String,
}

impl Outcome {
    /// As a fixture writes it.
    pub fn parse(text: &str) -> Outcome {
        let (ways, review) = match text.split_once(", review ") {
            Some((ways, review)) => (ways, Some(review.trim_matches('"').to_string())),
            None => (text, None),
        };
        let way = |text: &str| {
            let (verdict, says) = text.split_once(" \"").unwrap_or((text, ""));
            Way {
                verdict: verdict.to_string(),
                says: says.trim_end_matches('"').to_string(),
            }
        };
        Outcome {
            ways: ways.split(" | ").map(way).collect(),
            review,
        }
    }

    /// In what a record differs from it.
    pub fn difference(&self, name: &str, record: Option<&Value>) -> Option<String> {
        let Some(record) = record else {
            return Some(format!("{name}: no result"));
        };
        let verdict = record["verdict"].as_str().unwrap_or_default();
        let class = record["bug"]["class"].as_str().unwrap_or_default();
        let got = format!("{verdict} {class}");
        let feedback = record["words"]["feedback"].as_str().unwrap_or_default();
        // Lines are wrapped there.
        let words: Vec<&str> = feedback.split_whitespace().collect();
        let said = words.join(" ");
        let reached = self.ways.iter().any(|way| {
            let is = got.trim() == way.verdict || verdict == way.verdict;
            is && said.contains(&way.says)
        });
        let review = record["review"].to_string();
        let reviewed = self
            .review
            .as_ref()
            .is_none_or(|what| review.contains(what));
        (!reached || !reviewed).then(|| format!("{name}: {got}, review {review}\n{feedback}"))
    }
}
