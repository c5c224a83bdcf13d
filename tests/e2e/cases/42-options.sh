#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Options are told as they were set, the key of the hash to its owner alone.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

looks() {
	at director setpriv --reuid=65534 --regid=65534 --clear-groups \
		--bounding-set=-all --inh-caps=-all tests/e2e/options.py secret
}

tap "what is set is told" at director tests/e2e/options.py set
tap "and no secret to nobody" looks
tap_done
