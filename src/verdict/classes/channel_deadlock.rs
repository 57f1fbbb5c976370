//! `channel_deadlock`: a thread waits in `recv` or `send`, and those who could end the wait wait too.
//!
//! The rule: nobody can go on, no circle of locks explains it, and somebody is blocked in a channel whose other
//! side still exists (or the wait would have ended with an error).

use super::super::{Case, Class, Finding, Role, Telling, Virtue, Words, state};
use super::self_deadlock::stuck;
use state::Reason;

pub(super) const CLASS: Class = Class {
    name: "channel_deadlock",
    code: "TL0305",
    virtue: Virtue::Liveness,
    page: include_str!("channel_deadlock.md"),
    recognise,
    tell,
};

/// Sites: every thread blocked in a channel, then where the channels are made.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    if !stuck(case) {
        return None;
    }
    let mut finding = Finding::default();
    for wait in &case.waits {
        if matches!(wait.reason, Reason::Message | Reason::Room) {
            finding.pending(case.trace, Role::Waits, wait.pending);
        }
    }
    let channels: Vec<usize> = finding
        .sites
        .iter()
        .filter_map(|site| site.object)
        .collect();
    for channel in channels {
        finding.created(case.trace, channel);
    }
    (!finding.sites.is_empty()).then_some(finding)
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let waits: Vec<_> = finding
        .sites
        .iter()
        .filter(|site| site.role == Role::Waits)
        .collect();
    let what = |site: &super::super::Site| {
        let channel = say.object(site.object.unwrap_or(0));
        if receives(say, site) {
            format!("for a message from {channel}")
        } else if rendezvous(say, site) {
            format!("for somebody to take its message out of {channel}")
        } else if site
            .at
            .event(say.trace)
            .is_some_and(|event| state::needs_receiver(say.trace, event))
        {
            format!("for a receiver of {channel}")
        } else {
            format!("for room in {channel}")
        }
    };
    let mut labels: Vec<String> = waits
        .iter()
        .map(|site| {
            format!(
                "{} waits {} here",
                say.thread(site.thread.unwrap_or(0)),
                what(site)
            )
        })
        .collect();
    for site in &finding.sites[waits.len()..] {
        labels.push(format!(
            "{} is made here",
            say.object(site.object.unwrap_or(0))
        ));
    }
    let told: Vec<usize> = waits.iter().filter_map(|site| site.thread).collect();
    let title = match &waits[..] {
        [one] => {
            let sender = if receives(say, one) {
                "and every thread that could send one waits too"
            } else {
                "and the thread that could take something out waits too"
            };
            let own = say.trace.threads.len() == 1 || holds_other_end(say);
            let sender = if own && receives(say, one) {
                "but a sender is still alive and nobody uses it"
            } else {
                sender
            };
            format!(
                "{} waits {}, {sender}",
                say.thread(one.thread.unwrap_or(0)),
                what(one)
            )
        }
        _ => {
            let all: Vec<_> = waits
                .iter()
                .map(|site| {
                    format!(
                        "{} waits {}",
                        say.thread(site.thread.unwrap_or(0)),
                        what(site)
                    )
                })
                .collect();
            say.list(&all)
        }
    };
    Words {
        title,
        labels,
        help: help(say, &waits),
        notes: super::blocked_forever::others(say, &told),
    }
}

/// What could end each wait.
fn help(say: &Telling<'_>, waits: &[&super::super::Site]) -> String {
    let Some(first) = waits.first() else {
        return String::new();
    };
    let who = say.thread(first.thread.unwrap_or(0));
    let channel = say.object(first.object.unwrap_or(0));
    if waits.len() > 1 {
        return "one of them must do its part before it waits: a wait in a channel ends only by what another thread still does".into();
    }
    if receives(say, first) {
        format!(
            "{who} goes on when a message comes, or when the last sender of {channel} is dropped: one of the two must happen before the others wait for {who}"
        )
    } else {
        format!(
            "{who} goes on when a message is taken out of {channel}: that must happen before the others wait for {who}"
        )
    }
}

/// The message is there already, and must be taken.
fn rendezvous(say: &Telling<'_>, site: &super::super::Site) -> bool {
    let event = site.at.event(say.trace);
    event.is_some_and(|event| event.action == crate::trace::Action::SendTaken)
}

fn receives(say: &Telling<'_>, site: &super::super::Site) -> bool {
    use crate::trace::Action as A;
    site.at
        .event(say.trace)
        .is_some_and(|event| matches!(event.action, A::Receive | A::ReceiveReady))
}

/// No other thread is blocked: a sender that is merely kept alive keeps the receiver waiting.
fn holds_other_end(say: &Telling<'_>) -> bool {
    say.trace.pending.len() <= 1
}
