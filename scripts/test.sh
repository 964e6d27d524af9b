#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Sets up what the tests need and runs them all. Arguments go to cargo test.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
# All of the workspace: a part of it would be built with other features, and then again for the tests.
cargo build --release --locked --workspace
exec cargo test --release --locked --workspace "$@"
