#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Makes the files beside it with OpenSSL: a small attached signature, and a time-stamp token with the TSA's certificate.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
new() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" -days 7300 -subj "/CN=$1" -addext "$2"; }
new signer 'keyUsage=critical,nonRepudiation'
new tsa 'extendedKeyUsage=critical,timeStamping'
printf 'keiin' > content.txt
openssl cms -sign -cades -binary -nodetach -md sha256 -in content.txt -signer signer.pem -inkey signer.key -outform der -out "$here/attached.p7m"
cat > ts.cnf <<'CNF'
[tsa]
default_tsa = t
[t]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1, millisecs:500
ordering = yes
ess_cert_id_alg = sha256
CNF
openssl ts -query -data content.txt -sha256 -cert -out q.tsq
openssl ts -reply -config ts.cnf -queryfile q.tsq -signer tsa.pem -inkey tsa.key -token_out -out "$here/token.tst"
