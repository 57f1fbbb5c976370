#!/usr/bin/env bash
# Runs once, when the image is built: installs the compiler, and tries everything out. What fails here fails loudly, as
# long as nobody has handed in anything.
set -euo pipefail
source "${AUTOGRADER_ROOT:-/autograder}/source/environment.sh"

fail() {
    echo "setup.sh: $1" >&2
    exit 1
}

# Zip files do not always keep this.
chmod +x "$threadlings"
"$threadlings" --version || fail "the packed threadlings does not start here: it needs Linux on x86-64, with a C library \
that is not older than that of the machine which has packed it (Ubuntu 22.04 or newer is a good choice of image)"

# rustc links with cc.
missing=()
command -v cc > /dev/null || missing+=(gcc libc6-dev)
command -v curl > /dev/null || missing+=(curl ca-certificates)
if [ "${#missing[@]}" -gt 0 ]; then
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
fi

# The version that threadlings was packed with, so that a compiler's change changes no grade.
if [ "$(rustc --version 2> /dev/null | cut -d ' ' -f 2)" != "$toolchain" ]; then
    mkdir -p "$root/rust"
    curl --proto '=https' --tlsv1.2 --silent --show-error --fail --output "$root/rust/install.sh" https://sh.rustup.rs
    sh "$root/rust/install.sh" -y --profile minimal --default-toolchain "$toolchain" --no-modify-path
    # The cache is kept under the date of the compiler, of which images keep whole seconds only.
    compiler=$(rustc --print sysroot)/bin/rustc
    case $compiler in
        "$root"/*) touch --date "$(date --utc --reference "$compiler" '+%Y-%m-%d %H:%M:%S UTC')" "$compiler" ;;
    esac
fi
rustc --version

# Fills the cache, and shows that a bug is found in this image.
for exercise in "${exercises[@]}"; do
    report=$("$threadlings" check "$exercise" --course "$course" --quiet --format json || true)
    case $report in
        *'"verdict":"fail"'*) echo "$exercise: its starter is found to be wrong, as it should be" ;;
        *) fail "$exercise: its starter should be found to be wrong, but: $report" ;;
    esac
done
