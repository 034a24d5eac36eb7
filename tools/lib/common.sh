# shellcheck shell=bash
# Sourced by the tools: where the tree is, how they speak, and what every build shares.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

# The comment at the top of the tool is its help.
usage() { sed -n '2,/^[^#]/ s/^# \{0,1\}//p' "$0"; }

say() { printf '%s\n' "$*"; }
die() {
  printf '%s: %s\n' "tools/$(basename "$0")" "$*" >&2
  exit 1
}

# All files of the tree, tracked or new, that match the patterns; NUL-separated.
tree_files() {
  git -c safe.directory='*' -C "$root" ls-files -z --cached --others --exclude-standard -- "$@" |
    while IFS= read -r -d '' file; do
      if [ -f "$root/$file" ]; then printf '%s\0' "$file"; fi
    done
}

# How many compilers may run at once: one per CPU, and 1.5 GB of memory for each.
jobs_max() {
  if [ -n "${CMAKE_BUILD_PARALLEL_LEVEL:-}" ]; then
    say "$CMAKE_BUILD_PARALLEL_LEVEL"
    return
  fi
  local cpus kib limit by_memory
  cpus=$(nproc)
  kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || say max)
  if [ "$limit" != max ] && [ $((limit / 1024)) -lt "$kib" ]; then kib=$((limit / 1024)); fi
  by_memory=$((kib / 1500000))
  if [ "$by_memory" -lt 1 ]; then by_memory=1; fi
  say $((cpus < by_memory ? cpus : by_memory))
}
