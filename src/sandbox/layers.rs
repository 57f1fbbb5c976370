//! Which layers of a sandbox hold, as data.

use std::fmt;
use std::sync::OnceLock;
use std::thread;

use serde::{Deserialize, Serialize};

use super::{calls, files};

/// Which layers of a sandbox hold.
///
/// Shown as `landlock=7 seccomp=2 rlimits=1`, or, where one of the first two is missing, as `UNSANDBOXED:` and the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layers {
    /// The version of Landlock's interface; 0 where it does not hold.
    pub landlock: u32,
    /// The mode of seccomp, which is 2 for a filter; 0 where none holds.
    pub seccomp: u32,
    /// Whether resources are limited: 1, or 0.
    pub rlimits: u32,
    /// Why Landlock or seccomp do not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

impl Layers {
    /// None, as nobody wants any.
    #[must_use]
    pub fn unwanted() -> Layers {
        Layers {
            missing: Some("no sandbox was asked for".to_owned()),
            ..Layers::default()
        }
    }

    /// Those that this system offers: tried out on a thread of its own, once in the life of a process.
    #[must_use]
    pub fn available() -> Layers {
        static AVAILABLE: OnceLock<Layers> = OnceLock::new();
        let tried = || thread::spawn(try_out).join().unwrap_or_default();
        AVAILABLE.get_or_init(tried).clone()
    }

    /// Whether programs of strangers are held by both Landlock and seccomp.
    #[must_use]
    pub fn hold(&self) -> bool {
        self.landlock > 0 && self.seccomp > 0
    }

    /// The same without the layer of this name (`landlock`, `seccomp`, `rlimits`); other names change nothing.
    #[must_use]
    pub fn without(mut self, name: &str) -> Layers {
        match name {
            "landlock" => self.landlock = 0,
            "seccomp" => self.seccomp = 0,
            "rlimits" => self.rlimits = 0,
            _ => return self,
        }
        let why = format!("{name} was switched off");
        self.missing = Some(match self.missing {
            Some(other) => format!("{other}; {why}"),
            None => why,
        });
        self
    }

    /// What holds of both.
    #[must_use]
    pub fn weakest(self, other: &Layers) -> Layers {
        Layers {
            landlock: self.landlock.min(other.landlock),
            seccomp: self.seccomp.min(other.seccomp),
            rlimits: self.rlimits.min(other.rlimits),
            missing: self.missing.or_else(|| other.missing.clone()),
        }
    }
}

impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Layers {
            landlock,
            seccomp,
            rlimits,
            missing,
        } = self;
        let held = format!("landlock={landlock} seccomp={seccomp} rlimits={rlimits}");
        if self.hold() {
            return f.write_str(&held);
        }
        let why = missing.as_deref().unwrap_or("the reason is not known");
        if landlock + seccomp + rlimits == 0 {
            write!(f, "UNSANDBOXED: {why}")
        } else {
            write!(f, "UNSANDBOXED: {why} ({held})")
        }
    }
}

/// Puts on what there is, with rules that are never met, and looks whether it holds. Not to be called on a thread that goes
/// on afterwards.
fn try_out() -> Layers {
    let mut missing = Vec::new();
    let landlock = match files::try_out() {
        Ok(version) => version,
        Err(error) => {
            missing.push(format!("this system does not offer Landlock ({error})"));
            0
        }
    };
    let seccomp = match calls::try_out() {
        Ok(()) => 2,
        Err(error) => {
            missing.push(format!("this system does not offer seccomp ({error})"));
            0
        }
    };
    Layers {
        landlock,
        seccomp,
        rlimits: 1,
        missing: (!missing.is_empty()).then(|| missing.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::Layers;

    fn all() -> Layers {
        Layers {
            landlock: 7,
            seccomp: 2,
            rlimits: 1,
            missing: None,
        }
    }

    #[test]
    fn what_holds_is_shown() {
        assert_eq!(all().to_string(), "landlock=7 seccomp=2 rlimits=1");
        assert_eq!(
            all().without("rlimits").to_string(),
            "landlock=7 seccomp=2 rlimits=0"
        );
    }

    #[test]
    fn what_does_not_hold_is_shown_loudly() {
        assert_eq!(
            Layers::unwanted().to_string(),
            "UNSANDBOXED: no sandbox was asked for"
        );
        assert_eq!(
            all().without("seccomp").to_string(),
            "UNSANDBOXED: seccomp was switched off (landlock=7 seccomp=0 rlimits=1)"
        );
    }

    #[test]
    fn two_hold_as_much_as_the_weaker() {
        let old = Layers {
            landlock: 1,
            ..all()
        };
        assert_eq!(all().weakest(&old), old);
        let open = Layers::unwanted();
        assert_eq!(all().weakest(&open), open);
    }

    #[test]
    fn layers_are_the_same_after_a_journey() {
        for layers in [all(), Layers::unwanted()] {
            let text = serde_json::to_string(&layers).expect("plain data");
            assert_eq!(
                serde_json::from_str::<Layers>(&text).expect("the same"),
                layers
            );
        }
    }
}
