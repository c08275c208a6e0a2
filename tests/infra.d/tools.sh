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
