#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel refuses requests that dsrctl would never make, in clear words.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

at director tests/e2e/refusals.py
