#!/bin/sh
# Makes the two databases when PostgreSQL's volume is new: log and read models in one, keys in the other, each with an owner
# of its own, so that who reads the one can't read the other.
set -eu

for name in seinhuis seinhuis_keys; do
    psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
        --set name="$name" --set password="$(cat "${SECRETS:-/run/secrets}/$name.password")" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
