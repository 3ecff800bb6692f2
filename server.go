// Command patternhub serves the Excellence Patterns Hub: distributed-systems patterns and all
// that belongs to them as one graph, kept in MongoDB and asked for with GraphQL.
//
// The commands are in commands.go and porting.go; serve.go is the service. From the top down:
//
//	config             what can be set
//	web                HTTP: limits, caches, subscriptions
//	graph, resolvers   the schema and what answers it; engine runs queries breadth first
//	loaders, cache     reads, gathered and remembered
//	content, advisor   the vocabulary and the rules
//	mongodb            where it is kept
//
// This package puts them together and decides nothing itself: a rule that is found here is in the
// wrong place. Try it with
//
//	go run . serve
//
// which starts a private MongoDB, loads the hub's own content and prints where to look.
package main

//go:generate go run ./graph/gen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"patternhub/config"
)

// version is set by the build: -ldflags "-X main.version=v1.2.3".
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "patternhub:", err)
		os.Exit(1)
	}
}

// run is the whole program: it reads the command line and does what it says until that is
// done or ctx ends. out is for people; the log goes to standard error.
// What it needs of the process is handed in, so that tests can run the whole program. An error is
// for people; help that was asked for is none.
func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	cli, command, err := config.Parse(args, getenv, out)
	if errors.Is(err, config.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	p := &program{cli: cli, command: command, log: newLog(cli.LogFormat), out: out, getenv: getenv}
	switch command {
	case "serve":
		return p.serve(ctx)
	case "seed":
		return p.seed(ctx)
	case "import":
		return p.importTree(ctx)
	case "export":
		return p.exportTree(ctx)
	case "keys create":
		return p.keysCreate(ctx)
	case "keys list":
		return p.keysList(ctx)
	case "keys revoke":
		return p.keysRevoke(ctx)
	case "log":
		return p.changes(ctx)
	case "schema":
		return p.schema()
	case "fetch-mongod":
		return p.fetchMongod(ctx)
	case "healthcheck":
		return p.healthcheck(ctx)
	case "version":
		_, err := fmt.Fprintln(out, "patternhub", version)
		return err
	}
	return fmt.Errorf("the command %q is not available", command)
}

// program is one run of a command.
type program struct {
	cli     *config.CLI
	command string
	log     *slog.Logger
	out     io.Writer
	getenv  func(string) string
}

// newLog writes to standard error, so that what a command prints can be piped.
func newLog(format string) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

// say tells a person something.
func (p *program) say(format string, args ...any) {
	fmt.Fprintf(p.out, format+"\n", args...)
}
