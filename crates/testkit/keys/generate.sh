#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Makes the fixed TEST ONLY keys of testkit with OpenSSL. Keys that are there already stay: certificates in
# committed test data depend on them. Their private halves are public; never trust one.
set -eu
cd "$(dirname "$0")"

make_key() {
    name=$1
    shift
    [ -e "$name.pem" ] && return 0
    {
        echo "TEST ONLY: this private key is published in the source of keiin. Never trust it."
        openssl genpkey "$@" 2>/dev/null
    } >"$name.pem"
}

for number in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20; do
    make_key "rsa2048-$number" -algorithm RSA -pkeyopt rsa_keygen_bits:2048
done
make_key rsa3072-01 -algorithm RSA -pkeyopt rsa_keygen_bits:3072
make_key rsa4096-01 -algorithm RSA -pkeyopt rsa_keygen_bits:4096
make_key rsa4096-02 -algorithm RSA -pkeyopt rsa_keygen_bits:4096
for number in 01 02 03 04; do
    make_key "p256-$number" -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:named_curve
done
for number in 01 02 03 04 05; do
    make_key "p384-$number" -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -pkeyopt ec_param_enc:named_curve
done
