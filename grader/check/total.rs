//! What the scenarios of one check share: the limits, and the count.

use std::time::{Duration, Instant};

use threadlings::explanation::Search;
use threadlings::runtime::{Exploration, Settings};
use threadlings::trace::Memory;

use super::budget;
use crate::options::Options;
use crate::subject::Subject;

/// What the scenarios of one check share: the limits, and the count.
pub struct Total<'a> {
    begun: Instant,
    budget: Duration,
    options: &'a Options,
    search: Search,
    /// Executions that looked for bugs only.
    hunted: u64,
    /// Scenarios that were begun, and not proved.
    unproved: u64,
}

impl<'a> Total<'a> {
    /// Nothing has been searched yet.
    pub fn begin(subject: &Subject, options: &'a Options) -> Self {
        Total {
            begun: Instant::now(),
            budget: budget(subject, options),
            options,
            search: Search {
                engine: "own".to_string(),
                strategy: "dpor".to_string(),
                memory: name(Memory::Sc).to_string(),
                interleavings: 0,
                swept: None,
                hunted_by: Vec::new(),
                complete: true,
                truncated_by: None,
                elapsed_ms: 0,
                weaker_orderings: false,
                spurious: false,
                sequential: Some(0),
            },
            hunted: 0,
            unproved: 0,
        }
    }

    /// What is left of the budget.
    pub fn left(&self) -> Duration {
        self.budget.saturating_sub(self.begun.elapsed())
    }

    /// Whether a limit leaves nothing more to do.
    pub fn is_used_up(&self) -> bool {
        self.left().is_zero() || self.settings().max_interleavings == Some(0)
    }

    /// How the next scenario is searched.
    pub fn settings(&self) -> Settings {
        let most = self.options.max_interleavings;
        Settings {
            max_interleavings: most
                .map(|most| most.saturating_sub(self.search.interleavings + self.hunted)),
            seed: self.options.seed,
            memory: self.options.memory,
            ..Settings::default()
        }
    }

    /// Counts a scenario.
    pub fn add(&mut self, explored: &Exploration) {
        self.search.interleavings += explored.executions;
        self.search.complete &= explored.complete;
        self.search.weaker_orderings |= explored.weak_ordering;
        if explored.memory == Memory::C11 {
            self.search.memory = name(explored.memory).to_string();
        }
        self.search.spurious |= explored.spurious;
        // Of all scenarios, or of none.
        self.search.sequential = self
            .search
            .sequential
            .zip(explored.sequential)
            .map(|(a, b)| a + b);
        self.hunted += explored.hunted;
        if !explored.complete {
            // What is said of all holds for each.
            self.search.swept = match self.unproved {
                0 => explored.swept,
                _ => self.search.swept.min(explored.swept),
            };
            self.unproved += 1;
        }
        if self.search.hunted_by.is_empty() {
            self.search.hunted_by.clone_from(&explored.strategies);
        }
        if let Some(limit) = &explored.truncated_by {
            self.truncated(limit);
        }
    }

    /// Executions of all kinds so far.
    pub fn executions(&self) -> u64 {
        self.search.interleavings + self.hunted
    }

    /// Not everything that matters is searched.
    pub fn unproved(&mut self) {
        self.search.complete = false;
    }

    /// A scenario has failed, under this memory model.
    pub fn failed_under(&mut self, memory: Memory) {
        self.search.complete = false;
        self.search.memory = name(memory).to_string();
    }

    /// A limit has ended the search; the first one counts.
    pub fn truncated(&mut self, limit: &str) {
        self.search.complete = false;
        self.search
            .truncated_by
            .get_or_insert_with(|| limit.to_string());
    }

    /// The count so far, as reports tell it.
    pub fn search(&self) -> Search {
        let mut search = self.search.clone();
        search.elapsed_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        if !search.complete {
            search.interleavings += self.hunted;
            if !search.hunted_by.is_empty() {
                search.strategy = "dpor, then portfolio".to_string();
            }
        }
        search
    }
}

fn name(memory: Memory) -> &'static str {
    match memory {
        Memory::Sc => "sc",
        Memory::C11 => "c11",
    }
}
