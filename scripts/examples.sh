#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Runs the examples one after another on one folder: each takes up what the one before made.
set -eu
cd "$(dirname "$0")/.."
[ -x target/release/verify ] || cargo build --release --locked -q -p keiin-examples
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for example in sign extend verify renew verify prescribe; do
  printf '%s: ' "$example"
  "target/release/$example" "$folder"
done
