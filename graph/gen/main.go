// Command gen generates what follows from the schema and from the structs of internal/content: the
// code that each content type has in each folder, the executable schema, the engine's table, the model
// and the resolvers that only read. go generate runs it at the top of the repository.
//
// It works in two passes. The first reads only source text (vocabulary) and writes a file in each folder
// (floor), so it works even if those files are missing or old. The second is gqlgen with additions:
// bind.go configures it from the vocabulary, resolver_plugin.go writes resolvers in place of gqlgen's
// stubs, and engine_plugin.go writes the engine's table. Last, clients.go writes what normalizing clients
// need of the schema, if the folder for it exists.
//
// It imports none of the code that it generates, so it always compiles.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2"

	"patternhub/graph/gen/floor"
	"patternhub/graph/gen/vocabulary"
)

// contentDir holds the structs of the content types.
const contentDir = "internal/content"

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
	v, err := readVocabulary(cfg)
	if err != nil {
		return err
	}
	if v != nil {
		if err := floor.Write(".", v); err != nil {
			return fmt.Errorf("write the floors: %w", err)
		}
		bind(cfg, v)
	}
	if err := api.Generate(cfg, api.ReplacePlugin(resolverPlugin(v)), api.AddPlugin(enginePlugin(v))); err != nil {
		return fmt.Errorf("generate: %w", err)
	}
	if err := compact(cfg.Exec.Dir()); err != nil {
		return err
	}
	// The engine's test schema has no clients.
	if _, err := os.Stat(clientDir); err != nil {
		return nil //nolint:nilerr // there is nothing to write
	}
	return writeClientFiles(".", cfg.Schema)
}

// readVocabulary reads the content types; nil if there are none, as for the engine's test schema.
func readVocabulary(cfg *config.Config) (*vocabulary.Vocabulary, error) {
	if _, err := os.Stat(contentDir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // a schema without a vocabulary is valid
	}
	schema, err := gqlparser.LoadSchema(cfg.Sources...)
	if err != nil {
		return nil, fmt.Errorf("load the schema: %w", err)
	}
	v, err := vocabulary.Read(contentDir, schema)
	if err != nil {
		return nil, fmt.Errorf("read the vocabulary: %w", err)
	}
	return v, nil
}
