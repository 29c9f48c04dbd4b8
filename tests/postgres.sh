#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server of its own, which is gone afterwards: tests/postgres.sh cargo test -p opportune-ledger
#
# OPPORTUNE_TEST_POSTGRES tells the command where the server is, and OPPORTUNE_TEST_POSTGRES_CA which certificate it shows to
# who asks for `localhost`. Where the first is set already, that server is taken. Where there is no PostgreSQL it is installed,
# if that is allowed without asking; if not, the command runs without and the tests that need it are left out. In CI they are not.
set -euo pipefail

[ -z "${OPPORTUNE_TEST_POSTGRES:-}" ] || exec "$@"

programs() {
  local folder
  for folder in "$(dirname "$(command -v initdb || echo /none/initdb)")" /usr/lib/postgresql/*/bin; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then echo "$folder"; fi
  done | tail -n 1
}

install() {
  command -v apt-get >/dev/null || return 1
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends postgresql >/dev/null 2>&1 ||
    { "${as_root[@]}" apt-get update --quiet >/dev/null 2>&1 &&
      "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends postgresql >/dev/null 2>&1; }
}

bin=$(programs)
if [ -z "$bin" ] && [ -n "${CI:-}" ]; then install && bin=$(programs); fi
if [ -z "$bin" ]; then
  echo "SKIPPED: nothing is tested over PostgreSQL: it is not installed (on Debian: apt-get install postgresql)"
  [ -z "${CI:-}" ] || { echo "in CI nothing may be skipped"; exit 1; }
  exec "$@"
fi

# PostgreSQL does not run as root.
as() { "$@"; }
owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
  owner=nobody
  as() { runuser -u nobody -- "$@"; }
fi

folder=$(mktemp -d)
stop() {
  (cd / && as "$bin/pg_ctl" --pgdata "$folder/data" --mode immediate --silent stop) >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s\n' "$password" >"$folder/password"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -addext basicConstraints=critical,CA:FALSE -keyout "$folder/server.key" -out "$folder/server.crt" 2>/dev/null
chown -R "$owner" "$folder"
chmod 755 "$folder"
chmod 600 "$folder/server.key" "$folder/password"

started=
(cd / && as "$bin/initdb" --pgdata "$folder/data" --username opportune --pwfile "$folder/password" \
  --auth scram-sha-256 --encoding UTF8 --locale C --no-sync) >"$folder/log" 2>&1 ||
  { cat "$folder/log"; exit 1; }
for _ in 1 2 3 4 5; do
  port=$((20000 + RANDOM))
  settings="-p $port -k $folder -c listen_addresses=localhost -c fsync=off -c max_connections=200 -c ssl=on
    -c ssl_cert_file=$folder/server.crt -c ssl_key_file=$folder/server.key"
  if (cd / && as "$bin/pg_ctl" --pgdata "$folder/data" --wait --silent --log "$folder/server.log" \
    --options "${settings//$'\n'/ }" start) >/dev/null 2>&1; then
    started=yes
    break
  fi
done
[ -n "$started" ] || { cat "$folder/server.log"; exit 1; }

export OPPORTUNE_TEST_POSTGRES="postgres://opportune:$password@localhost:$port/postgres"
export OPPORTUNE_TEST_POSTGRES_CA="$folder/server.crt"
"$@"
