#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Sets up what the tests need and runs them all. Arguments go to cargo test.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
# All in one build, the tests' features with it: a part of it would be built with other features, and then again. The tests
# use the command and the test card as they stand in target/release.
cargo build --release --locked --workspace --lib --bins --tests --examples
exec cargo test --release --locked --workspace "$@"
