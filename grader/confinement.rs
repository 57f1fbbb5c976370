//! Whether programs are compiled and run in a sandbox: one's own are not, those of strangers are.

use threadlings::sandbox::Layers;

use crate::failure::Problem;

/// How much of a sandbox is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Confinement {
    /// None: the program is the user's own.
    #[default]
    None,
    /// What the system offers; what holds is a part of each result.
    BestEffort,
    /// All of it, or nothing is compiled and run.
    Required,
}

/// Names layers that are left out, for tests of what happens without them. They then do not hold, and every result says so.
const WITHOUT: &str = "THREADLINGS_WITHOUT";

impl Confinement {
    /// The layers to be put on; `None` where no sandbox is wanted.
    ///
    /// # Errors
    /// When a sandbox is required, and there is none.
    pub fn layers(self) -> Result<Option<Layers>, Problem> {
        if self == Confinement::None {
            return Ok(None);
        }
        let left_out = std::env::var(WITHOUT).unwrap_or_default();
        let left_out = left_out.split(',').map(str::trim);
        let layers = left_out.fold(Layers::available(), Layers::without);
        if self == Confinement::Required && !layers.hold() {
            let why = layers.missing.as_deref().unwrap_or("it is not known why");
            return Err(
                Problem::new(format!("there is no sandbox on this machine: {why}")).help(
                    "use a Linux kernel from 5.13 on with Landlock and seccomp, or leave out --require-sandbox and grade in a container or virtual machine",
                ),
            );
        }
        Ok(Some(layers))
    }
}
