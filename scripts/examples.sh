#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Runs the examples one after another on one folder: each takes up what the one before made.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for example in sign extend verify renew verify prescribe; do
  printf '%s: ' "$example"
  cargo run --release --locked -q -p keiin-examples --bin "$example" -- "$folder"
done
