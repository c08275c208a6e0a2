# Sourced by what runs the browser's tests: need_browser installs Debian's Chromium where it may, and names it where it may not.
need_browser() {
  command -v chromium >/dev/null && command -v chromedriver >/dev/null && return
  say "the page is tested in a real browser: installing Debian's chromium and chromium-driver"
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium chromium-driver; } \
      >target/browser-install.log 2>&1 || { tail -n 5 target/browser-install.log; }
  fi
  command -v chromium >/dev/null && command -v chromedriver >/dev/null && return
  say "chromium and chromedriver are needed on the PATH; on Debian: sudo apt-get install chromium chromium-driver"
  exit 1
}
