// Command patternhub serves the Excellence Patterns Hub: distributed-systems patterns and
// everything around them as one graph, stored in MongoDB and queried with GraphQL.
//
// This file handles the command line, the environment and the signals. Package internal/hub runs
// the commands and connects the other packages; docs/architecture.md draws them. Try it with
//
//	go run . serve
//
// which starts a private MongoDB, loads the hub's own content and prints its addresses.
package main

//go:generate go run ./graph/gen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"patternhub/internal/config"
	"patternhub/internal/hub"
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

// run reads the command line and runs the command until it ends or ctx is cancelled. Output for
// people goes to out, the log to standard error. A request for help is not an error.
func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	cli, command, err := config.Parse(args, getenv, out)
	if errors.Is(err, config.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	return hub.New(hub.Options{CLI: cli, Command: command, Version: version, Getenv: getenv, Out: out}).Run(ctx)
}
