# What setup.sh and run_autograder share. AUTOGRADER_ROOT is for trying them out elsewhere.
root=${AUTOGRADER_ROOT:-/autograder}
course=$root/source/course
threadlings=$root/source/bin/threadlings

# All that is installed is in one folder.
export CARGO_HOME=$root/rust/cargo RUSTUP_HOME=$root/rust/rustup THREADLINGS_CACHE=$root/rust/cache
export PATH=$CARGO_HOME/bin:$PATH
export NO_COLOR=1
unset RUSTC RUSTFLAGS RUSTUP_TOOLCHAIN
