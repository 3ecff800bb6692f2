#!/usr/bin/env bash
# Runs the examples against a running hub, with a publisher's key, which some need to make a change and receive it:
#
#   HUB_URL=http://127.0.0.1:8080 HUB_KEY=phk_... examples/test.sh
#
# Each example is installed from its lock file, generated from the schema, built and run. Examples whose language is missing
# on this machine are skipped by name; if CI is set, that is a failure.
set -euo pipefail
cd "$(dirname "$0")"
: "${HUB_URL:?names the hub, such as http://127.0.0.1:8080}"
: "${HUB_KEY:?is the key of a publisher, see docs/authoring.md}"
export HUB_URL HUB_KEY

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# node_example FOLDER SCRIPT... installs the packages of an example and runs its scripts.
node_example() {
  local folder=$1 script
  shift
  npm --prefix "$folder" ci --no-progress --loglevel=error
  for script in "$@"; do
    npm --prefix "$folder" run --silent "$script"
  done
}

web() { node_example web generate build start; }           # typed documents with graphql-codegen
urql() { node_example urql generate build start; }         # Graphcache
apollo() { node_example apollo generate build start; }     # Apollo Client
relay() { node_example relay generate build start; }       # Relay's compiler and runtime
next() { node_example next test; }                         # a route that verifies webhooks
astro() { node_example astro test; }                       # a content loader on delta sync
mcp() { node_example mcp test; }                           # assistants, with both clients of npm
site_sync() { npm --prefix site-sync run --silent test; }  # a folder that follows the hub

go_client() { # a typed client with genqlient
  cd go
  cp hub.generated.go "$work/hub.generated.go"
  go tool genqlient genqlient.yaml
  cmp hub.generated.go "$work/hub.generated.go" || { echo "hub.generated.go was not up to date with the schema" >&2; return 1; }
  go vet ./...
  go run .
}

kotlin() { # Apollo Kotlin
  need javac mvn
  mvn -q -B -ntp -Dstyle.color=never -f kotlin clean verify
}

python() { # gql
  need python3
  python3 -c 'import ensurepip, venv' || missing "the venv module of Python"
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q --disable-pip-version-check -r python/requirements.txt
  "$work/venv/bin/python" python/main.py
}

# need COMMAND... skips the example if a command is missing.
need() {
  local command
  for command in "$@"; do
    command -v "$command" >/dev/null || missing "$command"
  done
}

missing() {
  echo "$1 is missing on this machine"
  [ -z "${CI:-}" ] || exit 1
  exit "$skipped"
}
skipped=77

# lane EXAMPLE... runs examples one after another and shows the last lines of each, or its whole output if it failed.
lane() {
  local name status begun
  for name in "$@"; do
    begun=$SECONDS
    # A background subshell stops at the first failing command; in a condition, set -e would have no effect.
    (set -e; "$name") >"$work/$name.log" 2>&1 &
    status=0
    wait $! || status=$?
    case $status in
      0) echo "-- $name: ok, $((SECONDS - begun)) s"; tail -n 3 "$work/$name.log" ;;
      "$skipped") echo "-- $name: SKIPPED, $(tail -n 1 "$work/$name.log")" ;;
      *) echo "-- $name: FAILED"; cat "$work/$name.log"; touch "$work/failed" ;;
    esac
  done
}

# Maven mostly waits for downloads and one compiler, so it runs in parallel with the others.
lane kotlin >"$work/kotlin.lane" &
beside=$!
lane web urql apollo relay next astro mcp site_sync go_client python
wait "$beside"
cat "$work/kotlin.lane"

[ ! -e "$work/failed" ] || { echo "-- some examples failed" >&2; exit 1; }
echo "-- no example failed, $SECONDS s"
