# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What other people's software says of what keiin makes, and the other way round. Called by matrix.sh, which sets up the PKI.

usage: python3 scripts/matrix [--keep DIR] [--only TEXT]

Every line is one case; exit 1 if any case is not as it should be. A case that cannot run says why and counts as failed."""
import peer
import cades
import pades
import xades
import pdfa

peer.run_cases()
peer.conclude()
