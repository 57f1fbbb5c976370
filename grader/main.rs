//! The command `threadlings`.

#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the commands that use it are built beside it")
)]
#[expect(unused_imports, reason = "as above")]
mod compile;

fn main() {
    if std::env::args().nth(1).as_deref() == Some(threadlings::runtime::SUBCOMMAND) {
        threadlings::runtime::child_main();
    }
}
