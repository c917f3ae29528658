# shellcheck shell=bash
# What every script of the lab shares: messages, long steps, the cache.

LAB_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${WIRESCALE_LAB_CACHE:-/var/cache/wirescale-lab}

say() { printf 'lab: %s\n' "$*" >&2; }

die() {
  printf 'lab: Error: %s\n' "$*" >&2
  exit 1
}

as_root() {
  [[ $(id -u) == 0 ]] || die "this needs root: network namespaces, mounts and systemd in a container"
}

# hash_of TEXT-OR-FILE…: 16 hex digits over the contents of files and over the words that are no files.
hash_of() {
  local item
  for item in "$@"; do
    if [[ -f $item ]]; then cat -- "$item"; else printf '%s\n' "$item"; fi
  done | sha256sum | cut -c1-16
}

# step TEXT LOG COMMAND…: run what takes long, its output in LOG; show that it lives; on failure show the log's end.
step() {
  local text=$1 log=$2 pid started=$SECONDS shown=0
  shift 2
  mkdir -p "$(dirname "$log")"
  say "$text …"
  # A process group of its own, so that all of it can be ended with us.
  setsid -- "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  STEP=$pid
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if ((SECONDS - started - shown >= 15)); then
      shown=$((SECONDS - started))
      say "  … ${text%% (*}, ${shown} s: $(tail -n 1 "$log" | tr -cd '[:print:]' | cut -c1-100)"
    fi
  done
  if ! wait "$pid"; then
    tail -n 30 "$log" >&2
    die "$text failed; the whole log is $log"
  fi
  STEP=
  say "  ${text%% (*}: done after $((SECONDS - started)) s"
}

# cached KIND HASH BUILDER: print the folder of the layer, calling `BUILDER FOLDER` first when it is not there.
# It is built aside and renamed, so that a folder of that name is always whole; one builder at a time.
cached() {
  local kind=$1 target=$CACHE/$1-$2 builder=$3 lock old
  if [[ ! -d $target ]]; then
    mkdir -p "$CACHE"
    exec {lock}>"$CACHE/$kind.lock"
    flock "$lock"
    if [[ ! -d $target ]]; then
      local aside
      aside=$(mktemp -d "$CACHE/.$kind-XXXXXX")
      BUILDING=$aside
      chmod 755 "$aside"
      "$builder" "$aside"
      mv -T "$aside" "$target"
      BUILDING=
    fi
    exec {lock}>&-
  fi
  touch "$target"
  # Layers of that kind from earlier recipes: away with those that nobody asked for in a week.
  find "$CACHE" -maxdepth 1 -type d -name "$kind-*" -mtime +7 -print0 | while IFS= read -r -d '' old; do
    if ! grep -qF "$old" /proc/mounts; then rm -rf --one-file-system "$old"; fi
  done
  printf '%s\n' "$target"
}

# Called by an EXIT trap: what is half built goes, and so do mounts in it.
forget_half_built() {
  if [[ -n ${STEP:-} ]]; then kill -TERM -- "-$STEP" 2>/dev/null && wait "$STEP" 2>/dev/null || true; fi
  [[ -n ${BUILDING:-} && -d $BUILDING ]] || return 0
  local mounted
  while mounted=$(awk -v p="$BUILDING/" 'index($2, p) == 1 {print $2}' /proc/mounts | tail -n 1) && [[ -n $mounted ]]; do
    umount -l "$mounted" || break
  done
  if ! grep -q " $BUILDING/" /proc/mounts; then rm -rf --one-file-system "$BUILDING"; fi
}
