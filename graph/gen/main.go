// Command gen generates the executable schema, the engine's table, the model and the resolvers'
// frames from schema/*.graphql, as gqlgen.yml says. It is run by go generate at the top of the repository.
//
// It is gqlgen with two additions: author.go binds what the vocabulary already says, and
// engine_plugin.go writes the engine's table beside gqlgen's own code. The frames of resolvers are
// gqlgen's too; it keeps their bodies and the comments above them.
package main

import (
	"fmt"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run reads the configuration in the working directory, which is the top of the repository.
func run() error {
	cfg, err := config.LoadConfig("gqlgen.yml")
	if err != nil {
		return fmt.Errorf("load gqlgen.yml: %w", err)
	}
	bindAuthoring(cfg)
	if err := api.Generate(cfg, api.AddPlugin(enginePlugin())); err != nil {
		return fmt.Errorf("generate: %w", err)
	}
	return nil
}
