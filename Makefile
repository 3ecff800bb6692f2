# The targets of this project. `make run` and `make test` need no setup: they download a private
# MongoDB if none is named, and report by name what is missing.

GOLANGCI_VERSION := v2.15.0
GOFUMPT_VERSION  := v0.12.0

# Tools of the pinned version are used from Go's own folder, else built into bin/tools.
TOOLS   := bin/tools
GO_BIN  := $(or $(GOBIN),$(shell go env GOBIN 2>/dev/null),$(shell go env GOPATH 2>/dev/null)/bin)
NODE    := .ci/node
LINTER   = $(shell .ci/tool path golangci-lint $(GOLANGCI_VERSION) $(GO_BIN) $(TOOLS))
GOFUMPT  = $(shell .ci/tool path gofumpt $(GOFUMPT_VERSION) $(GO_BIN) $(TOOLS))

# Arguments for go test, such as -race, -json or -run; and for benchmarks.
TEST_ARGS  ?=
BENCH      ?= .
BENCH_ARGS ?=

# The version that the binary prints. It has no symbol tables for debuggers, a third of its size; profiles
# and stack traces do not need them.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  = -s -w -X main.version=$(VERSION)
# grpcnotrace leaves out gRPC's own trace pages, which we do not serve: their templates call methods by name,
# for which the linker has to leave every exported method in the program. A higher GOGC saves a fifth of
# the compiler's time for half a gigabyte of its memory. protobuf, which only the export of traces uses, is
# compiled without inlining: 0.2 MB less.
BUILD    = GOGC=300 CGO_ENABLED=0 go build -trimpath -tags grpcnotrace -gcflags='google.golang.org/...=-l'

BUNDLE  := internal/web/assets/playground/app.html.br
MODULES := app/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test engine generate fmt lint check bench drill mongod parts build size playground fresh race app e2e lighthouse tools need-go

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

# If a server is named, none is downloaded. At the first start the playground is built while the service
# compiles, and the standard library compiles while modules are downloaded: one waits for the network, the
# other for the processor. The binary itself is executed, since under go run mongod would not end with the
# service.
run: need-go ## start the service, with a private MongoDB unless MONGODB_URI is set
	@[ -e bin/patternhub ] || echo "The first start downloads and compiles what is needed, usually about 2 minutes on two cores; later ones take seconds."
	@$(MAKE) --no-print-directory playground & \
		[ -e bin/patternhub ] || $(MAKE) --no-print-directory parts; status=$$?; wait; exit $$status
	@$(MAKE) --no-print-directory $(if $(MONGODB_URI),build,mongod)
	@exec bin/patternhub

test: $(if $(MONGODB_URI_TEST),need-go,mongod) ## run all tests on a private MongoDB, or on the one of MONGODB_URI_TEST
	@go test -timeout 30m $(TEST_ARGS) ./...

# The packages whose goroutines share data; the others would only double the time.
RACE ?= ./internal/auth ./internal/cache ./internal/engine ./graph/relay ./loaders ./internal/search ./internal/webhook

race: $(if $(MONGODB_URI_TEST),need-go,mongod) ## the concurrent packages with the race detector
	@go test -race -short $(TEST_ARGS) $(wildcard $(RACE))

# BENCH_TABLE=docs/performance.md writes the table of the servers into that page.
bench: mongod ## run the benchmarks; BENCH selects some, BENCH_ARGS adds arguments
	@BENCH_TABLE=$(BENCH_TABLE) go test -run '^$$' -bench '$(BENCH)' -benchmem -timeout 30m -p 1 $(BENCH_ARGS) ./...

drill: mongod ## cause the faults that operators fear, at length, and check the promises for them
	@DRILL=long go test -count=1 -timeout 30m -v ./internal/drills
	@DRILL=long go test -count=1 -timeout 30m -v -run TestDiagramsAreDrawn ./seed
	@DRILL=long DRILL_OPERATIONS=10000 go test -count=1 -timeout 30m -v -run 'TestRandomOperations|TestTheEngineAnswersAsStock' ./internal/engine ./resolvers

# What takes too long for a run of all tests: 10,000 random operations on both schemas with fixed seeds,
# each golden query 100 times, the engine with deliberate mistakes, the hub without its engine, and a copy of
# the hub with two more content types.
engine: mongod ## compare the engine with gqlgen's executor, and add types to a copy, at length
	@DRILL_OPERATIONS=10000 DRILL_REPETITIONS=100 ALL_CHECKS=1 go test -count=1 -timeout 30m \
		-run 'TestRandomOperations|TestSabotage|TestTheEngineAnswersAsStock|TestCommandsAreTheSameEachTime|TestTheHubServesWithoutTheEngine|TestATypeIsThreeFiles' ./internal/engine ./resolvers ./internal/checks

generate: need-go ## generate the generated code again
	@go generate ./...
	$(if $(wildcard examples/go),@go -C examples/go tool genqlient genqlient.yaml)

fresh: generate ## fail if the committed generated code is out of date
	@git diff --exit-code
	@test -z "$$(git status --porcelain -- graph internal loaders resolvers docs examples)" || \
		{ git status --short -- graph internal loaders resolvers docs examples; echo "make fresh: commit what go generate wrote" >&2; exit 1; }

fmt: tools ## format Go and the app
	@$(GOFUMPT) -w .
	@$(LINTER) fmt
	@if [ -e $(MODULES) ]; then $(NODE) npm --prefix app run --silent format; fi

lint: tools ## run the linters over the Go code
	@unformatted="$$($(GOFUMPT) -l .)"; test -z "$$unformatted" || \
		{ echo "make lint: run make fmt, these are not formatted:" >&2; echo "$$unformatted" >&2; exit 1; }
	@$(LINTER) run ./...
	@go vet -tags otlpgrpc ./internal/hub

check: test engine fresh lint size app e2e lighthouse ## everything that CI runs, and Lighthouse

# What the packages that embed the playground import can be compiled without it.
parts: need-go
	@echo "service: downloading its packages and compiling them, the first time usually 1 to 2 minutes on two cores"
	@$(BUILD) net/http & go list -deps . >/dev/null; wait
	@$(BUILD) $$(go list -f '{{join .Imports "\n"}}' ./internal/web ./internal/hub | grep -v '^patternhub/internal/web$$')

build: need-go
	@[ -e bin/patternhub ] || echo "service: compiling what is not compiled yet, the first time usually 1 to 2 minutes on two cores, and linking it"
	@$(BUILD) -ldflags '$(LDFLAGS)' -o bin/patternhub .

# It fails if a part is larger than in the ledger by more than 3 % and 100 kB. LEDGER=write updates the
# ledger, which is committed with the change that needs it.
# The binary is measured as users get it, with its playground.
size: $(BUNDLE) build ## print the binary's size by package, and compare it with the ledger
	@go run ./internal/checks/size $(if $(filter write,$(LEDGER)),-write) bin/patternhub internal/checks/testdata/size.txt

mongod: build ## download a MongoDB for this machine into the user's cache folder
	@bin/patternhub fetch-mongod

# The service runs without the playground, so a failure here is only reported.
playground:
	@$(MAKE) --silent --no-print-directory $(BUNDLE) || \
		echo "playground: it could not be built; /playground will say how to try again"

app: $(BUNDLE) ## build and check the front end
	@$(NODE) npm --prefix app run --silent lint

e2e: app build mongod ## drive the playground in a real Chromium
	@$(NODE) .ci/browser

# CI leaves it out, since its scores depend on the machine. It needs a newer Node than the other packages.
lighthouse: build mongod ## measure pages with Lighthouse, if it can be installed
	@if NODE_LEAST=22.19 $(NODE) true; then NODE_LEAST=22.19 $(NODE) .ci/lighthouse; else echo "lighthouse: skipped, there is no Node 22.19"; fi

$(MODULES): app/package.json app/package-lock.json app/playground/package.json app/e2e/package.json
	@echo "playground: installing its packages, usually 10 to 30 s"
	@PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 $(NODE) npm --prefix app ci --no-progress --loglevel=error
	@touch $@

$(BUNDLE): $(MODULES) $(shell find app/playground -type f -not -path '*/node_modules/*' 2>/dev/null)
	@echo "playground: building it, usually 10 to 20 s"
	@$(NODE) npm --prefix app run --silent build
	@echo "playground: built"

tools: need-go
	@.ci/tool install golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint $(GOLANGCI_VERSION) $(GO_BIN) $(TOOLS)
	@.ci/tool install gofumpt mvdan.cc/gofumpt $(GOFUMPT_VERSION) $(GO_BIN) $(TOOLS)

need-go:
	@.ci/tool go
