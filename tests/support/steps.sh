# Sourced by quickstart and tests/run: packages, and steps that say what they do and how long it took.
# shellcheck shell=bash

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# install_packages GROUP...: what tests/support/packages lists under these groups, where it is missing.
install_packages() {
  local list=$SIMDPROF_TREE/tests/support/packages group package missing=()
  for group in "$@"; do
    while read -r package; do
      [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done < <(awk -v group="$group" '$1 == group { print $2 }' "$list")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    echo "all packages are installed"
    return 0
  fi
  echo "installing: ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

bold() {
  if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then printf '\033[1m%s\033[0m\n' "$*"; else printf '%s\n' "$*"; fi
}

# step TEXT COMMAND...: runs the command, prints the text before and the time after. Returns the command's status.
step() {
  local text=$1 start=$SECONDS status=0
  shift
  bold "== $text"
  "$@" || status=$?
  echo "   $((SECONDS - start)) s"
  return $status
}

# quiet COMMAND...: its output goes to a file that is shown only when it fails.
quiet() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  if [ $status -ne 0 ]; then
    echo "   failed ($status): $*"
    tail -n 60 "$log"
  fi
  rm -f "$log"
  return $status
}
