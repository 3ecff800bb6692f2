// Package hub connects the packages of the service and runs the commands of its command line.
//
// The commands are in commands.go, users.go, assist.go, porting.go and static.go; serve.go is the service. From the top down:
//
//	config             the settings
//	web                HTTP: limits, caches, subscriptions
//	graph, resolvers   the schema and its resolvers; engine runs queries breadth first
//	loaders, cache     reads, batched and cached
//	content, advisor   the vocabulary and the rules
//	mongodb            the store
//
// This package contains no rules: a rule belongs in a package below.
package hub

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"patternhub/internal/config"
	"patternhub/internal/diagram"
	"patternhub/internal/linelog"
)

// Options configures a Program.
type Options struct {
	CLI     *config.CLI // the settings and the arguments of the command
	Command string      // as config.Parse returns it, such as "keys create"
	Version string
	// Getenv reads variables that are not settings of the hub, such as OpenTelemetry's.
	Getenv func(string) string
	Out    io.Writer // for people; the log goes to standard error
}

// Program is one run of a command.
type Program struct {
	cli     *config.CLI
	command string
	version string
	log     *slog.Logger
	lines   *linelog.Writer // of log, until Run ends
	out     io.Writer
	getenv  func(string) string
}

// New returns the program that runs a command. All options are required.
func New(o Options) *Program {
	p := &Program{cli: o.CLI, command: o.Command, version: o.Version, lines: linelog.New(os.Stderr), out: o.Out, getenv: o.Getenv}
	p.log = newLog(o.CLI.LogFormat, p.lines)
	return p
}

// Run runs the command until it ends or ctx is cancelled. Its errors are written for people.
func (p *Program) Run(ctx context.Context) error {
	defer p.lines.Flush()
	switch p.command {
	case "serve":
		return p.serve(ctx)
	case "seed":
		return p.seed(ctx)
	case "import":
		return p.importTree(ctx)
	case "export":
		return p.exportTree(ctx)
	case siteCommand:
		return p.copySite(ctx)
	case "keys create":
		return p.keysCreate(ctx)
	case "keys list":
		return p.keysList(ctx)
	case "keys revoke":
		return p.keysRevoke(ctx)
	case "users invite":
		return p.usersInvite(ctx)
	case "users list":
		return p.usersList(ctx)
	case "users link":
		return p.usersLink(ctx)
	case "users revoke":
		return p.usersRevoke(ctx)
	case "log":
		return p.showLog(ctx)
	case "mcp":
		return p.assist(ctx)
	case "schema":
		return p.schema()
	case "fetch-mongod":
		return p.fetchMongod(ctx)
	case "shard":
		return p.shard(ctx)
	case "healthcheck":
		return p.healthcheck(ctx)
	case diagram.Command:
		return diagram.Serve(os.Stdin, p.out)
	case "version":
		_, err := fmt.Fprintln(p.out, "patternhub", p.version)
		return err
	}
	return fmt.Errorf("the command %q is not available", p.command)
}

// newLog returns a logger to w, which is standard error, so that the output of a command can be piped.
func newLog(format string, w *linelog.Writer) *slog.Logger {
	if format == "json" {
		return slog.New(linelog.Handler(slog.NewJSONHandler(w, nil), w))
	}
	return slog.New(linelog.Handler(slog.NewTextHandler(w, nil), w))
}

// say prints a line for people.
func (p *Program) say(format string, args ...any) {
	fmt.Fprintf(p.out, format+"\n", args...)
}
