#!/usr/bin/env bash
# Runs the examples against a running hub: HUB_URL=http://127.0.0.1:8080 examples/test.sh
# Each example is installed from its lock file, generated from the schema, built and run.
set -euo pipefail
cd "$(dirname "$0")"
: "${HUB_URL:?names the hub, such as http://127.0.0.1:8080}"
export HUB_URL

node_example() {
  npm --prefix "$1" ci --no-progress --loglevel=error
}

echo "-- web: typed documents with graphql-codegen"
node_example web
npm --prefix web run --silent generate -- --silent
npm --prefix web run --silent build
npm --prefix web run --silent start | tail -n 3

echo "-- next: a route that verifies webhooks"
node_example next
npm --prefix next run --silent test

echo "-- astro: a content loader on delta sync"
npm --prefix astro run --silent test

echo "-- site-sync: a folder that follows the hub"
npm --prefix site-sync run --silent test

echo "-- go: a typed client with genqlient"
(
  cd go
  generated=$(mktemp)
  trap 'rm -f "$generated"' EXIT
  cp hub.generated.go "$generated"
  go tool genqlient genqlient.yaml
  cmp hub.generated.go "$generated" || { echo "hub.generated.go was not up to date with the schema" >&2; exit 1; }
  go vet ./...
  go run . | tail -n 4
)
echo "-- all examples ran"
