#!/usr/bin/env bash
# Is this tree worse than the branch it will be merged into? Exit code 0: shown not to be; 1: it is; 3: not shown.
#   docs/ci/compare.sh [BASE]
# On a shared runner only what does not depend on its mood decides: learning and counts. On a quiet machine leave
# --metrics out, and let --replicates be 20 or more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
base="${1:-origin/main}"
# Both commits have to be here; a clone for CI often has one.
if [[ "$(git rev-parse --is-shallow-repository)" == true ]]; then
  git fetch --quiet --unshallow origin
fi
git rev-parse --verify --quiet "$base^{commit}" > /dev/null ||
  git fetch --quiet origin "+refs/heads/${base#origin/}:refs/remotes/origin/${base#origin/}"
exec ./bench-compare --commits --out comparison --replicates 3 --metrics learning,count \
  --markdown --junit=comparison.xml --json=comparison.json "$base" HEAD experiments/compare_tiny
