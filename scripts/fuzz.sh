#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Runs every fuzz target for N seconds (default 4) with coverage guidance, on the stable compiler and without cargo-fuzz.
# Seeds: what testdata/fuzz holds, and the corpus of ../shared where it is there. A crash leaves its input in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"
seconds=${1:-4}
shared=${KEIIN_SHARED:-$PWD/../../shared}
# What cargo-fuzz passes, without the address sanitizer (which needs a nightly compiler): the code under test has no unsafe.
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Ccodegen-units=1"
# Naming the target keeps these flags away from build scripts.
host=$(rustc -vV | sed -n 's/^host: //p')
cargo build --release --locked --bins --target "$host"
mkdir -p corpus artifacts
for source in fuzz_targets/*.rs; do
  target=$(basename "$source" .rs)
  mkdir -p "corpus/$target"
  seeds=()
  [ -d "../testdata/fuzz/$target" ] && seeds+=("../testdata/fuzz/$target")
  case $target in
    cades | cms) [ -d "$shared/corpus/dss/dss-cades" ] && seeds+=("$shared/corpus/dss/dss-cades") ;;
    xades) [ -d "$shared/corpus/dss/dss-xades" ] && seeds+=("$shared/corpus/dss/dss-xades/validation") ;;
    xml | c14n) [ -d "$shared/corpus/xmldsig" ] && seeds+=("$shared/corpus/xmldsig/merlin-c14n-three" "$shared/corpus/xmldsig/merlin-exc-c14n-one") ;;
    xmldsig) [ -d "$shared/corpus/xmldsig" ] && seeds+=("$shared/corpus/xmldsig/merlin-xpath-filter2-three" "$shared/corpus/xmldsig/phaos-xmldsig-three" "$shared/corpus/xmldsig/xmldsig2ed-tests") ;;
    certificate | der) [ -d "$shared/corpus/pkits" ] && seeds+=("$shared/corpus/pkits/certs") ;;
    pdf) [ -d "$shared/corpus/pdf-robust" ] && seeds+=("$shared/corpus/pdf-robust") ;;
    crl) [ -d "$shared/corpus/pkits" ] && seeds+=("$shared/corpus/pkits/crls") ;;
  esac
  "target/$host/release/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=0 \
    -artifact_prefix="artifacts/$target-" "corpus/$target" "${seeds[@]}" > "artifacts/$target.log" 2>&1 ||
    { tail -n 40 "artifacts/$target.log"; echo "fuzz target $target failed" >&2; exit 1; }
  echo "fuzz $target: $(grep -c . <(ls "corpus/$target")) inputs, $(grep -oE 'Done [0-9]+ runs' "artifacts/$target.log" || echo 'done')"
done
