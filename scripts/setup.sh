#!/usr/bin/env bash
# Set-up behind ./bench-run, ./bench-compare and ./run-tests; sourced, not run.
#
#   setup_build PRESET TARGET...   installs what is missing and builds; afterwards the programs are
#                                  in build/PRESET/bin
#   setup_program PRESET NAME [last]
#                                  the same for one program, whose path is then in setup_path; with
#                                  "last" the program of the last build is enough while another
#                                  set-up is building
#   setup_packages FILE...         installs the Debian packages that the files list
#   setup_pages                    installs what HTML pages are looked at with; says so, and fails,
#                                  where that cannot be had
#
# Installs Debian packages (as root), LibTorch from PyPI (into an environment of its own, unless
# Torch_DIR or the python3 on PATH has it) and Arrow (into another; without it only Parquet files
# cannot be read), configures and builds. Every failure is one message on
# stderr and exit 5. When everything is there it neither uses the network nor prints anything.
#
# Environment: BENCH_CACHE (default ${XDG_CACHE_HOME:-~/.cache}/llm-bench), BENCH_JOBS (compile
# jobs), Torch_DIR (folder of an existing LibTorch's TorchConfig.cmake).

setup_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
setup_requirements="$setup_root/setup/requirements.txt"
setup_parquet="$setup_root/setup/requirements-parquet.txt"
setup_axe="$setup_root/setup/requirements-pages.txt"
# Debian's own interpreter: the wheels are pinned for its version.
setup_python="${BENCH_SETUP_PYTHON:-/usr/bin/python3}"

readonly SETUP_EXIT_ENVIRONMENT=5
readonly SETUP_TORCH_GIB=9    # 4.7 GB installed, and as much while the wheels are unpacked
readonly SETUP_PARQUET_GIB=1
readonly SETUP_AXE_GIB=1
readonly SETUP_BUILD_GIB=2
readonly SETUP_MIB_PER_JOB=2000  # a translation unit with LibTorch's headers takes 1.3 GB

setup_say() { printf 'set-up: %s\n' "$*" >&2; }

setup_fail() {
  setup_say "$*"
  exit "$SETUP_EXIT_ENVIRONMENT"
}

# In each subshell that runs programs: these may handle Ctrl-C and end with a code of their own,
# which must not be taken for their failure. Traps are not inherited.
setup_stop_on_interrupt() { trap 'exit 130' INT; }

# setup_logged WHAT LOG COMMAND...: on failure shows the end of the log and gives up.
setup_logged() {
  local what="$1" log="$2"
  shift 2
  "$@" >"$log" 2>&1 </dev/null && return
  tail -n 25 "$log" >&2
  setup_fail "$what failed; the whole log is $log"
}

# setup_need_free FOLDER GIB WHAT
setup_need_free() {
  local free_kib
  free_kib="$(df -Pk "$1" | awk 'NR == 2 { print $4 }')"
  ((free_kib >= $2 * 1024 * 1024)) && return
  setup_fail "$3 needs $2 GiB free in $1, there are $((free_kib / 1024)) MiB"
}

# --- Debian packages ---

# Prints the packages of the lists that are not installed.
setup_missing_packages() {
  local wanted
  wanted="$(sed -e '/^#/d' -e '/^$/d' "$@")"
  # shellcheck disable=SC2086  # one word a package
  { dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null || true; } |
    awk -v wanted="$wanted" '
      $1 == "ii" { there[$2] = 1 }
      END { n = split(wanted, names, "\n")
            for (i = 1; i <= n; ++i) if (!(names[i] in there)) print names[i] }'
}

setup_packages() {
  # Other systems have these things under other names: CMake then says what it misses.
  command -v dpkg-query >/dev/null || return 0
  local missing
  missing="$(setup_missing_packages "$@" | tr '\n' ' ')"
  missing="${missing% }"
  [[ -z $missing ]] && return
  if [[ $(id -u) != 0 ]]; then
    setup_fail "missing Debian packages; as root: apt-get install --no-install-recommends $missing"
  fi
  setup_say "installing Debian packages: $missing"
  mkdir -p "$setup_root/build"
  local log="$setup_root/build/packages.log"
  export DEBIAN_FRONTEND=noninteractive
  setup_logged "apt-get update" "$log" apt-get -o DPkg::Lock::Timeout=300 update
  # shellcheck disable=SC2086  # one word a package
  setup_logged "apt-get install" "$log" \
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $missing
}

# --- LibTorch ---

setup_cache() {
  [[ -n ${BENCH_CACHE:-}${XDG_CACHE_HOME:-}${HOME:-} ]] || setup_fail "set HOME or BENCH_CACHE"
  printf '%s' "${BENCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/llm-bench}"
}

# Prints the CMake folder of the torch that python3 on PATH has, if it is the pinned version.
setup_python_torch() {
  local pinned
  pinned="$(sed -n 's/^torch==\([^ ]*\).*/\1/p' "$setup_requirements")"
  # From /, so that a folder named torch where the user stands is not taken for it.
  (cd / && python3 - "$pinned" 2>/dev/null) <<'PYTHON' || true
import importlib.metadata, importlib.util, sys
if importlib.metadata.version("torch").split("+")[0] == sys.argv[1]:
    print(importlib.util.find_spec("torch").submodule_search_locations[0] + "/share/cmake/Torch")
PYTHON
}

# setup_make_venv FOLDER REQUIREMENTS GIB WHAT: installs the pinned packages into the folder; its
# marker file is written last, so that an interrupted installation is started anew.
setup_make_venv() {
  local venv="$1" requirements="$2" log="$1.log"
  setup_need_free "$(dirname "$venv")" "$3" "installing ${4%% (*}"
  setup_say "installing ${4%% (*} into $venv (${4##* (}"
  rm -rf "$venv"
  setup_logged "creating a Python environment" "$log" "$setup_python" -m venv "$venv"
  # Unpacked beside the target (/tmp may be small), and not kept a second time in pip's cache.
  mkdir -p "$venv/tmp" || setup_fail "cannot create $venv/tmp"
  TMPDIR="$venv/tmp" setup_logged "installing setup/${requirements##*/}" "$log" \
    "$venv/bin/python3" -m pip install --disable-pip-version-check --no-cache-dir \
    --only-binary :all: --require-hashes --no-deps -r "$requirements"
  rm -rf "$venv/tmp"
  touch "$venv/.complete" || setup_fail "cannot write to $venv"
}

# setup_venv NAME REQUIREMENTS GIB WHAT: prints the environment's folder of packages, installing it
# if necessary.
setup_venv() {
  local cache venv digest
  cache="$(setup_cache)" || exit
  digest="$(sha256sum "$2" | cut -c1-12)"
  venv="$cache/$1-$digest"
  if [[ ! -e $venv/.complete ]]; then
    mkdir -p "$cache" || setup_fail "cannot create $cache; set BENCH_CACHE to a writable folder"
    (
      setup_stop_on_interrupt
      flock 9
      [[ -e $venv/.complete ]] || setup_make_venv "$venv" "${@:2}"
    ) 9>"$cache/setup.lock" || exit
  fi
  echo "$venv"/lib/python3*/site-packages
}

# Prints the CMake folder of the environment's torch, installing it if necessary.
setup_venv_torch() {
  local packages
  packages="$(setup_venv venv "$setup_requirements" "$SETUP_TORCH_GIB" \
    "LibTorch (4.7 GB, a few minutes)")" || exit
  printf '%s/torch/share/cmake/Torch' "$packages"
}

# Prints the folder of pyarrow, installing it if necessary; nothing where it cannot be had.
setup_arrow() {
  local packages
  if packages="$(setup_venv parquet "$setup_parquet" "$SETUP_PARQUET_GIB" "Arrow (170 MB)")"; then
    printf '%s/pyarrow' "$packages"
  else
    setup_say "going on without Arrow: Parquet files cannot be read"
  fi
}

# Installs a browser and the accessibility checker, and names the latter in BENCH_TEST_AXE. Where
# that fails nothing is looked at, and the rest goes on.
setup_pages() {
  local packages
  if (setup_packages "$setup_root/setup/debian-packages-pages.txt") &&
    packages="$(setup_venv pages "$setup_axe" "$SETUP_AXE_GIB" "the accessibility checker (3 MB)")"; then
    export BENCH_TEST_AXE="$packages/axe_playwright_python/axe.min.js"
  else
    setup_say "going on without a browser: HTML pages are not looked at"
    return 1
  fi
}

setup_torch_dir() {
  setup_stop_on_interrupt
  if [[ -n ${Torch_DIR:-} ]]; then
    [[ -e $Torch_DIR/TorchConfig.cmake ]] ||
      setup_fail "Torch_DIR=$Torch_DIR has no TorchConfig.cmake; correct or unset it"
    realpath "$Torch_DIR"
    return
  fi
  local found
  found="$(setup_python_torch)"
  if [[ -n $found && -e $found/TorchConfig.cmake ]]; then
    printf '%s' "$found"
  else
    setup_venv_torch
  fi
}

# --- Configure and build ---

# What the configuration of a build folder depends on beyond CMake's own files.
setup_key() {
  printf '%s %s %s' "$setup_root" \
    "$(cat "$setup_requirements" "$setup_parquet" | sha256sum | cut -c1-64)" "${Torch_DIR:-}"
}

# setup_configured FOLDER: whether the build folder was configured for this tree and LibTorch.
setup_configured() {
  local key torch_dir
  [[ -e $1/build.ninja && -e $1/.setup ]] || return 1
  { IFS= read -r key && IFS= read -r torch_dir; } <"$1/.setup"
  [[ $key == "$(setup_key)" && -e $torch_dir/TorchConfig.cmake ]]
}

setup_configure() {
  local preset="$1" folder="$2" torch_dir arrow
  torch_dir="$(setup_torch_dir)" || exit
  arrow="$(setup_arrow)" || exit
  setup_need_free "$folder" "$SETUP_BUILD_GIB" "building"
  setup_say "configuring $preset with LibTorch of $torch_dir"
  (setup_stop_on_interrupt && cd "$setup_root" && setup_logged "configuring" "$folder/configure.log" \
    cmake --fresh --preset "$preset" "-DTorch_DIR=$torch_dir" "-DBENCH_ARROW_ROOT=$arrow") || exit
  printf '%s\n%s\n' "$(setup_key)" "$torch_dir" >"$folder/.setup"
}

# As many compile jobs as processors and memory allow.
setup_jobs() {
  local processors by_memory
  processors="$(nproc)"
  by_memory="$(awk -v each="$SETUP_MIB_PER_JOB" \
    '/^MemAvailable:/ { print int($2 / 1024 / each) }' /proc/meminfo)"
  if ((by_memory < 1)); then by_memory=1; fi
  echo $((processors < by_memory ? processors : by_memory))
}

# Whether a line on stderr can be drawn again.
setup_redraws() { [[ -t 2 && -n ${TERM:-} && $TERM != dumb ]]; }

# setup_draw TEXT: in place of what was drawn before, cut to the window's width as it is now. The
# cursor waits at the start of the line, before all that a narrower window wraps of it.
setup_draw() {
  local columns
  read -r _ columns < <(stty size <&2 2>/dev/null) || true
  ((${columns:-0} > 0)) || columns="${COLUMNS:-80}"
  printf '\r\033[J%s\r' "${1:0:columns - 1}" >&2
}

# Copies ninja's output to stdout and its "[done/all]" to stderr: in place on a terminal, where
# nothing of it stays, else a line every 10 seconds.
setup_progress() {
  local line at next=0 drawn=false
  while IFS= read -r line; do
    printf '%s\n' "$line"
    # Steps of every build (cmake/BenchSourceState.cmake) are no building.
    [[ $line =~ ^\[([0-9]+)/([0-9]+)\]\ (.*) && ${BASH_REMATCH[3]} != 'source state:'* ]] || continue
    at="[${BASH_REMATCH[1]}/${BASH_REMATCH[2]}]"
    if setup_redraws; then
      setup_draw "set-up: building $at"
      drawn=true
    elif ((SECONDS >= next)); then
      setup_say "building $at"
      next=$((SECONDS + 10))
    fi
  done
  if [[ $drawn == true ]]; then setup_draw ""; fi
}

setup_ninja() {
  local folder="$1"
  shift
  local log="$folder/build.log"
  ninja -C "$folder" -j "${BENCH_JOBS:-$(setup_jobs)}" "$@" 2>&1 </dev/null |
    setup_progress >"$log" && return
  grep -v '^\[' "$log" | tail -n 40 >&2
  setup_fail "building failed; the whole log is $log"
}

# A build replaces its programs while they may be started: setup_keep FOLDER NAME copies one to where
# it is whole at any time.
setup_keep() {
  local built="$1/bin/$2" kept="$1/last/$2"
  [[ -e $built && ! $kept -nt $built ]] || return 0
  { mkdir -p "$1/last" && cp "$built" "$kept.new" && mv "$kept.new" "$kept"; } ||
    setup_fail "cannot write to $1/last"
}

# shellcheck disable=SC2034  # setup_path is read by whoever sources this
setup_program() {
  local preset="$1" name="$2" folder="$setup_root/build/$1"
  setup_path="$folder/bin/$name"
  if [[ ${3:-} == last && -e $folder/last/$name ]] && ! flock -n "$folder.lock" true; then
    setup_say "another set-up is building in $folder: $name is that of the last build"
    setup_path="$folder/last/$name"
    return
  fi
  setup_build "$preset" "$name"
}

setup_build() {
  local preset="$1" folder="$setup_root/build/$1" target
  shift
  setup_packages "$setup_root/setup/debian-packages.txt"
  mkdir -p "$folder" || setup_fail "cannot create $folder"
  # One set-up at a time in a build folder. The lock ends with the subshell: the program that
  # follows does not hold it.
  (
    setup_stop_on_interrupt
    if ! flock -n 9; then
      setup_say "waiting for another set-up in $folder"
      flock 9
    fi
    setup_configured "$folder" || setup_configure "$preset" "$folder"
    setup_ninja "$folder" "$@"
    for target in bench-run bench-compare; do setup_keep "$folder" "$target"; done
  ) 9>"$folder.lock" || exit
}
