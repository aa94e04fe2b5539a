#!/bin/sh
# Makes the passwords and keys that deploy/compose.yaml mounts, each in a file of its own that only you can read, and tells
# compose whose they are. What is there already stays as it is.
#
# Keep secrets/master.key and secrets/proof.key apart from the backups of the databases.
set -eu
umask 077
cd "$(dirname "$0")/.."
mkdir -p secrets

random() {
    [ -e "secrets/$1" ] || openssl rand -hex 32 > "secrets/$1"
}

for name in postgres.password seinhuis.password seinhuis_keys.password master.key proof.key; do
    random "$name"
done

line() {
    printf 'postgres:5432:%s:%s:%s\n' "$1" "$1" "$(cat "secrets/$1.password")"
}

line seinhuis > secrets/pgpass
{ line seinhuis; line seinhuis_keys; } > secrets/pgpass.keys

# Compose reads .env beside its file. The lines there that aren't ours stay.
touch .env
{ grep -v '^SEINHUIS_USER=' .env || true; echo "SEINHUIS_USER=$(id -u):$(id -g)"; } > .env.new
mv .env.new .env
