#!/bin/bash
# Prepares TimescaleDB 2 (PostgreSQL 17), and the docker-compose that reads docker-compose.yml, both Debian
# trixie's, in a root of their own: the given folder, or the one in which test/servers/optional.ts looks. As root,
# on Debian or a descendant, with mmdebstrap. 45 s, 600 MB.
# Why a root: trixie's packages need its libc, which pinning would put under the whole machine.
set -euo pipefail

if [ "${1:-}" = --help ]; then
  echo "scripts/timescaledb.sh [FOLDER]: prepares TimescaleDB 2 and docker-compose in a root of their own, for the tests"
  exit 0
fi

root=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/anbu/timescaledb}
done_already() {
  [ ! -e "$root" ] || { echo "TimescaleDB is in $root"; exit 0; }
}
done_already
[ "$(id -u)" = 0 ] || { echo "run this as root: it makes a root of its own in $root" >&2; exit 1; }
mkdir -p "$(dirname "$root")"
exec 9> "$root.lock" && flock 9
done_already

# The archives of this machine, with another suite.
. /etc/os-release
archive_of() {
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v release="$VERSION_CODENAME$1" '$2 == release && $3 == "main" { print $1; exit }'
}
main=$(archive_of '')
security=$(archive_of -security)
[ -n "$main" ] || { echo "no archive with $VERSION_CODENAME main in this machine's apt sources" >&2; exit 1; }

# Under another name until it is whole: what was left half made is made again.
rm -rf "$root.partial"
mmdebstrap --quiet --mode=root --variant=apt --include=postgresql-17,postgresql-17-timescaledb,docker-compose \
  trixie "$root.partial" "deb $main trixie main" ${security:+"deb $security trixie-security main"}
mv -T "$root.partial" "$root"
echo "TimescaleDB is in $root"
