# The words of this project. `make run` and `make test` need nothing set up: they fetch a private
# MongoDB where none is named, and say by name what is missing.

GOLANGCI_VERSION := v2.15.0
GOFUMPT_VERSION  := v0.12.0

# Tools of the pinned version are taken from where Go installs them, else built into bin/tools.
TOOLS   := bin/tools
GO_BIN  := $(or $(GOBIN),$(shell go env GOBIN 2>/dev/null),$(shell go env GOPATH 2>/dev/null)/bin)
LINTER   = $(shell .ci/tool path golangci-lint $(GOLANGCI_VERSION) $(GO_BIN) $(TOOLS))
GOFUMPT  = $(shell .ci/tool path gofumpt $(GOFUMPT_VERSION) $(GO_BIN) $(TOOLS))

# Arguments for go test, such as -race, -json or -run; and for benchmarks.
TEST_ARGS  ?=
BENCH      ?= .
BENCH_ARGS ?=

BUNDLE  := web/assets/playground/app.html.br
MODULES := app/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test engine generate fmt lint check bench drill mongod build playground fresh race app e2e tools need-go need-node

help: ## what there is to say
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

# Where a server is named, none is fetched. A go run in between would keep mongod from dying with
# the service, so the binary itself is executed.
run: playground $(if $(MONGODB_URI),build,mongod) ## start the service, with a private MongoDB unless MONGODB_URI is set
	@exec bin/patternhub

test: $(if $(MONGODB_URI_TEST),need-go,mongod) ## run all tests on a private MongoDB, or on the one of MONGODB_URI_TEST
	@go test -timeout 20m $(TEST_ARGS) ./...

# The packages whose goroutines share something; the others would only double the time.
RACE ?= ./auth ./cache ./engine ./graph/relay ./loaders ./search ./webhook

race: $(if $(MONGODB_URI_TEST),need-go,mongod) ## the concurrent packages with the race detector
	@go test -race -short $(TEST_ARGS) $(wildcard $(RACE))

# BENCH_TABLE=docs/performance.md writes the table of the servers into that page.
bench: mongod ## run the benchmarks; BENCH names some, BENCH_ARGS adds arguments
	@BENCH_TABLE=$(BENCH_TABLE) go test -run '^$$' -bench '$(BENCH)' -benchmem -timeout 30m -p 1 $(BENCH_ARGS) ./...

drill: mongod ## bring about the faults that operators fear, at length and judged as promised
	@DRILL=long go test -count=1 -timeout 30m -v ./drills
	@DRILL=long DRILL_OPERATIONS=10000 go test -count=1 -timeout 30m -v -run 'TestRandomOperations|TestTheEngineAnswersAsStock' ./engine ./resolvers

# What takes longer than a run of all tests should: 10,000 random operations on both schemas with
# fixed seeds, each golden query 100 times, and the hub without its engine.
engine: mongod ## hold the engine against gqlgen's executor, at length
	@DRILL_OPERATIONS=10000 DRILL_REPETITIONS=100 ALL_CHECKS=1 go test -count=1 -timeout 30m \
		-run 'TestRandomOperations|TestTheEngineAnswersAsStock|TestCommandsAreTheSameEachTime|TestTheHubServesWithoutTheEngine' ./engine ./resolvers ./checks

generate: need-go ## write the generated code anew
	@go generate ./...

fresh: generate ## fail when generated code is not what is committed
	@git diff --exit-code
	@test -z "$$(git status --porcelain -- graph resolvers docs)" || \
		{ git status --short -- graph resolvers docs; echo "make fresh: commit what go generate wrote" >&2; exit 1; }

fmt: tools ## format Go and the app
	@$(GOFUMPT) -w .
	@$(LINTER) fmt
	@if [ -e $(MODULES) ]; then npm --prefix app run --silent format; fi

lint: tools ## run the linters over the Go code
	@unformatted="$$($(GOFUMPT) -l .)"; test -z "$$unformatted" || \
		{ echo "make lint: run make fmt, these are not formatted:" >&2; echo "$$unformatted" >&2; exit 1; }
	@$(LINTER) run ./...

check: test engine fresh lint app e2e ## everything that CI runs

build: need-go
	@[ -e bin/patternhub ] || echo "building the service; the first time this takes a minute or more"
	@go build -o bin/patternhub .

mongod: build ## fetch a MongoDB for this machine into the user's cache folder
	@bin/patternhub fetch-mongod

# The service runs without its playground, so a build that fails here is told and no more.
playground:
	@if ! .ci/tool node 2>/dev/null; then \
		echo "playground: Node 20 or later with npm is missing; /playground will say how to build it"; \
	elif ! $(MAKE) --silent --no-print-directory $(BUNDLE); then \
		echo "playground: the build failed; /playground will say how to try again"; \
	fi

app: need-node $(BUNDLE) ## build and check the front end
	@npm --prefix app run --silent lint

e2e: app build mongod ## drive the playground in a real Chromium
	@.ci/browser

$(MODULES): app/package.json app/package-lock.json app/playground/package.json app/e2e/package.json
	@echo "playground: installing its packages"
	@PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm --prefix app ci --no-progress --loglevel=error
	@touch $@

$(BUNDLE): $(MODULES) $(shell find app/playground -type f -not -path '*/node_modules/*' 2>/dev/null)
	@npm --prefix app run --silent build

tools: need-go
	@.ci/tool install golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint $(GOLANGCI_VERSION) $(GO_BIN) $(TOOLS)
	@.ci/tool install gofumpt mvdan.cc/gofumpt $(GOFUMPT_VERSION) $(GO_BIN) $(TOOLS)

need-go:
	@.ci/tool go

need-node:
	@.ci/tool node
