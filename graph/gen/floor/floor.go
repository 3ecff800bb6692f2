// Package floor generates the code that every content type has in each folder: one file
// types.generated.go in each, from what package vocabulary has read. A function, method or type that a
// hand-written file of the folder declares is not generated, so a special case needs only its
// hand-written code.
package floor

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"text/template"

	"patternhub/graph/gen/vocabulary"
)

//go:embed *.gotpl
var templates embed.FS

// Name is the name of the generated file of each folder.
const Name = "types.generated.go"

// folders maps each template to the folder of its file.
var folders = map[string]string{
	"content": "internal/content", "contenttest": "internal/content/contenttest", "mongodb": "internal/mongodb", "cache": "internal/cache", "search": "internal/search",
	"auth": "internal/auth", "overlay": "internal/overlay", "relay": "graph/relay", "loaders": "loaders",
}

// Write writes the generated files of all folders; top is the top of the repository.
func Write(top string, v *vocabulary.Vocabulary) error {
	files, err := Files(top, v)
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := save(filepath.Join(top, name), text); err != nil {
			return err
		}
	}
	return nil
}

// Files returns the generated files by their paths from the top of the repository.
func Files(top string, v *vocabulary.Vocabulary) (map[string][]byte, error) {
	out := map[string][]byte{}
	for floor, folder := range folders {
		t, err := template.ParseFS(templates, floor+".gotpl")
		if err != nil {
			return nil, fmt.Errorf("%s: parse the template: %w", folder, err)
		}
		var text bytes.Buffer
		if err := t.Execute(&text, view{v}); err != nil {
			return nil, fmt.Errorf("%s: fill the template: %w", folder, err)
		}
		if out[filepath.Join(folder, Name)], err = finish(text.Bytes(), filepath.Join(top, folder)); err != nil {
			return nil, fmt.Errorf("%s: %w", folder, err)
		}
	}
	return out, nil
}

// Save writes the generated file of a folder, without what the folder's hand-written files declare.
func Save(dir, text string) error {
	finished, err := finish([]byte(text), dir)
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	return save(filepath.Join(dir, Name), finished)
}

// save writes a file. It leaves one with the same text untouched, so that the compiler's cache for it
// stays valid.
func save(name string, text []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, text) {
		return nil
	}
	if err := os.WriteFile(name, text, 0o644); err != nil { //nolint:gosec // part of the repository
		return fmt.Errorf("write the generated code: %w", err)
	}
	return nil
}
