#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Runs the matrix with other people's software: EU DSS, OpenSSL, pyHanko, SoftHSM2 and (where Maven can get it) veraPDF against a
# test PKI on loopback.
# usage: scripts/matrix.sh SHARED [--prepare | [--keep DIR] [--only TEXT]]. --prepare installs what it needs and no more. State is
# kept in the user's cache; the server is stopped at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
shared=$(cd "$1" && pwd)
shift
export STATE=${KEIIN_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/keiin-peers}
mkdir -p "$STATE"
"$shared/peers/install.sh" > "$STATE/install.log" 2>&1 || { tail -n 20 "$STATE/install.log"; exit 1; }
if [ "${1:-}" = --prepare ]; then
  "$shared/dss/dss" validate "$0" > /dev/null || true # it builds itself at its first run; what it says of a script is not asked
  exit 0
fi
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export PORT
trap '"$shared/peers/pki-up.sh" down' EXIT
eval "$("$shared/peers/pki-up.sh" 2> "$STATE/pki.log")"
# The token keeps the certificate of the run that made it, and that names another port.
rm -rf "$STATE/softhsm"
eval "$("$shared/peers/p11-setup.sh" 2>> "$STATE/pki.log")"
export KEIIN=${KEIIN:-$PWD/target/release/keiin} DSS="$shared/dss/dss" PEERS="$shared/peers"
python3 -B scripts/matrix "$@"
