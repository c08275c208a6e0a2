# Sourced by checks: programs of other people, fetched once into the user's cache. Nothing is installed and no daemon starts.
tools=${XDG_CACHE_HOME:-$HOME/.cache}/lite3r/infra

# Puts a program of a Debian package on the PATH: the installed one, or the package unpacked into the cache.
from_debian() { # program, package
  PATH=$PATH:$tools/$2/usr/bin
  command -v "$1" >/dev/null && return
  mkdir -p "$tools" && (cd "$tools" && {
    apt-get -q download "$2" || { [ "$(id -u)" = 0 ] && apt-get -q update && apt-get -q download "$2"; }
  } && dpkg -x "$2"_*.deb "$2.new" && rm -rf "$2" "$2"_*.deb && mv "$2.new" "$2") >"$WORK/$2.log" 2>&1
  command -v "$1" >/dev/null && return
  tail -n 3 "$WORK/$2.log"
  echo "$1 is needed; on Debian: sudo apt-get install $2"
  exit 1
}

# Packages of npm in pinned versions, in a folder of their own that NODE_PATH then names.
from_npm() { # package@version...
  command -v node >/dev/null && command -v npm >/dev/null || { echo "node and npm are needed; on Debian: sudo apt-get install nodejs npm"; exit 1; }
  local folder
  folder=$tools/npm-$(printf '%s' "$*" | sha256sum | cut -c1-12)
  if [ ! -f "$folder/whole" ]; then
    rm -rf "$folder" && mkdir -p "$folder"
    (cd "$folder" && npm install --no-audit --no-fund --no-save "$@" >"$WORK/npm.log" 2>&1) || { tail -n 5 "$WORK/npm.log"; exit 1; }
    touch "$folder/whole"
  fi
  export NODE_PATH=$folder/node_modules
}

# Packages of PyPI in pinned versions, in an environment whose programs then come first on the PATH.
from_pypi() { # package==version...
  local folder
  folder=$tools/pypi-$(printf '%s' "$*" | sha256sum | cut -c1-12)
  if [ ! -f "$folder/whole" ]; then
    rm -rf "$folder"
    { python3 -m venv "$folder" && "$folder/bin/pip" install -q "$@"; } >"$WORK/pip.log" 2>&1 || { tail -n 5 "$WORK/pip.log"; echo "Python 3.11 with its venv module is needed"; exit 1; }
    touch "$folder/whole"
  fi
  PATH=$folder/bin:$PATH
}
