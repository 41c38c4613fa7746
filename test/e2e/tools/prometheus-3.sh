#!/usr/bin/env bash
# Prints a folder with Prometheus 3 and its promtool, to put before PATH for the end-to-end tests. The programs are those of
# Debian 14, unpacked into the user's cache beside whatever the system has installed. Building them takes minutes. Where they
# cannot be had, it prints a reason on stderr, and nothing else.
set -euo pipefail

readonly SUITE=forky
folder=${XDG_CACHE_HOME:-$HOME/.cache}/athena-session-exporter/prometheus-3-$SUITE
programs=$folder/usr/bin

skip() {
  echo "skipping Prometheus 3: $1" >&2
  exit 0
}

if [[ ! -e $folder/complete ]]; then
  command -v apt-get dpkg-deb >/dev/null || skip "it is unpacked from Debian's packages, and there is no apt-get here"
  rm -rf "$folder"
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
  cd "$folder"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $SUITE main" >sources.list
  options=(-qq -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update >&2 && apt-get "${options[@]}" download "prometheus/$SUITE" "promtool/$SUITE" >&2 ||
    skip "Debian's packages of $SUITE could not be downloaded"
  for package in *.deb; do dpkg-deb --extract "$package" .; done
  "$programs/promtool" --version >&2 || skip "promtool of $SUITE does not run here"
  rm -rf lists cache ./*.deb
  touch complete
fi
echo "$programs"
