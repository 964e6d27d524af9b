#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Builds keiin.exe and the test card as a DLL, and tries both under Wine: the demo, signing with the card, paths with Japanese
# names, replacement of a file in place. usage: scripts/windows.sh SHARED
set -euo pipefail
cd "$(dirname "$0")/.."
shared=$(cd "$1" && pwd)
windows=$shared/platforms/windows.sh
export CARGO_TARGET_DIR=${KEIIN_WINDOWS_TARGET:-$PWD/target/windows}
# What is shown here is that it works there, not how fast: half the time of a build at full speed.
export CARGO_PROFILE_RELEASE_OPT_LEVEL=1
"$windows" build --locked -p keiin-cli -p keiin-card
# What makes the test keys runs here, not under Wine.
[ -x target/release/examples/serve ] && [ -x target/release/examples/insert ] ||
  env -u CARGO_TARGET_DIR cargo build --release --locked -q -p keiin-testkit -p keiin-card --examples
out=$CARGO_TARGET_DIR/x86_64-pc-windows-gnu/release
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
keiin() { "$windows" run "$out/keiin.exe" "$@"; }
win() { printf 'Z:%s' "$1" | tr / '\\'; }

echo "--- keiin.exe demo"
keiin --lang en demo --keep "$(win "$work/demo")" | tr -d '\r' | tail -n 25

echo "--- keiin.exe sign with the PKCS#11 module as a DLL, a Japanese path"
mkdir -p "$work/患者" "$work/card"
printf 'Rp.1 アムロジピン 5mg\n' > "$work/患者/処方箋.txt"
target/release/examples/serve "$work/pki" < /dev/null > /dev/null
target/release/examples/insert "$work/card" "$work/pki/doctor.p8" "$work/pki/doctor.cer" > "$work/card.env"
export KEIIN_CARD_CONFIG
KEIIN_CARD_CONFIG=$(win "$(sed -n 's/^KEIIN_CARD_CONFIG=//p' "$work/card.env")")
export KEIIN_CARD_PIN=1234
keiin card --module "$(win "$out/keiin_card.dll")" | tr -d '\r'
keiin sign --module "$(win "$out/keiin_card.dll")" --pin-env KEIIN_CARD_PIN --detached \
  -o "$(win "$work/患者/処方箋.p7s")" "$(win "$work/患者/処方箋.txt")"
# Once more over the same file: replaced whole or not at all.
keiin sign --force --module "$(win "$out/keiin_card.dll")" --pin-env KEIIN_CARD_PIN --detached \
  -o "$(win "$work/患者/処方箋.p7s")" "$(win "$work/患者/処方箋.txt")"
openssl cms -verify -binary -inform DER -in "$work/患者/処方箋.p7s" -content "$work/患者/処方箋.txt" -noverify -out /dev/null
echo "windows: green"
