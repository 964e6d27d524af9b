#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Sets up what the tests need and runs them all. Arguments go to cargo test.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
cargo build --release --locked -p keiin-cli -p keiin-card
exec cargo test --release --locked --workspace "$@"
