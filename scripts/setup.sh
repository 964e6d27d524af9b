#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Installs what the tests need beside Rust: a C compiler for aws-lc-rs, OpenSSL, SoftHSM2 and readers of XML and PDF as other people's software.
# On Debian and Ubuntu it installs what is missing; elsewhere it names it.
set -eu
missing=
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
command -v softhsm2-util >/dev/null 2>&1 || missing="$missing softhsm2"
command -v pkcs11-tool >/dev/null 2>&1 || missing="$missing opensc"
command -v python3 >/dev/null 2>&1 || missing="$missing python3"
# Readers of PDF that look at visible signatures, and a Japanese font to write them in.
command -v qpdf >/dev/null 2>&1 || missing="$missing qpdf"
command -v xmllint >/dev/null 2>&1 || missing="$missing libxml2-utils"
command -v xmlsec1 >/dev/null 2>&1 || missing="$missing xmlsec1"
command -v mutool >/dev/null 2>&1 || missing="$missing mupdf-tools"
command -v pdftoppm >/dev/null 2>&1 || missing="$missing poppler-utils"
[ -e /usr/share/fonts/opentype/ipafont-gothic/ipag.ttf ] || missing="$missing fonts-ipafont-gothic"
[ -x /usr/bin/time ] || missing="$missing time"
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "setup.sh: please install:$missing (tests that need them say so and run 0 cases)" >&2
  exit 0
fi
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get -o DPkg::Lock::Timeout=300 update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $sudo apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $missing
