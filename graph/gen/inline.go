package main

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
)

// noinlineFuncs matches the generated functions that the compiler would inline: fieldContext_* is inlined
// into its object's lookup and into a closure, and each marshaler is inlined into one closure per field.
var noinlineFuncs = regexp.MustCompile(`(?m)^func \(ec \*executionContext\) (fieldContext_|marshal[NO])`)

// disableInlining marks those functions in all files of the executable schema, so that the compiler
// does not inline them. The binary is smaller and compiles faster; a call costs little compared with
// resolving a field.
func disableInlining(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.generated.go"))
	if err != nil {
		return fmt.Errorf("list %s: %w", dir, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read generated code: %w", err)
		}
		marked := noinlineFuncs.ReplaceAll(text, []byte("//go:noinline\n$0"))
		if bytes.Equal(marked, text) {
			continue
		}
		if marked, err = format.Source(marked); err != nil {
			return fmt.Errorf("format generated code: %w", err)
		}
		if err := os.WriteFile(file, marked, 0o644); err != nil { //nolint:gosec // source code is not secret
			return fmt.Errorf("write generated code: %w", err)
		}
	}
	return nil
}
