package main

import (
	"errors"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/99designs/gqlgen/plugin"
	"golang.org/x/tools/imports"

	"patternhub/graph/gen/floor"
	"patternhub/graph/gen/vocabulary"
)

// resolverPlugin replaces gqlgen's own plugin of that name. It writes the resolvers that only follow
// a reference, page a relation, read what lists omit, or write an entry. All others are written by
// hand, and a hand-written one is never generated.
func resolverPlugin(v *vocabulary.Vocabulary) plugin.Plugin { return resolverGenerator{v} }

type resolverGenerator struct{ vocabulary *vocabulary.Vocabulary }

// Name returns the name of the plugin that it replaces.
func (resolverGenerator) Name() string { return "resolvergen" }

// GenerateCode writes the generated file of the resolvers, and a stub for each that neither is
// written by hand nor follows from the vocabulary.
func (g resolverGenerator) GenerateCode(data *codegen.Data) error {
	if g.vocabulary == nil || !data.Config.Resolver.IsDefined() {
		return nil
	}
	dir := data.Config.Resolver.Dir()
	written, err := floor.Declared(dir)
	if err != nil {
		return fmt.Errorf("read the resolvers: %w", err)
	}
	var text strings.Builder
	text.WriteString(resolverHead)
	frames := map[string]string{}
	wanted := map[string]bool{}
	for _, o := range data.Objects {
		if !o.HasResolvers() {
			continue
		}
		receiver := templates.LcFirst(o.Name) + "Resolver"
		root := templates.UcFirst(o.Name)
		fmt.Fprintf(&text, "func (r *Resolver) %s() graph.%sResolver { return &%s{r} }\n\ntype %s struct{ r *Resolver }\n\n", root, root, receiver, receiver)
		for _, f := range o.Fields {
			if !f.IsResolver {
				continue
			}
			name := receiver + "." + f.GoFieldName
			wanted[name] = true
			body, err := derive(g.vocabulary, f)
			switch {
			case written[name]:
				continue
			case err != nil:
				return fmt.Errorf("%s.%s: %w", o.Name, f.Name, err)
			}
			head := fmt.Sprintf("func (r *%s) %s%s {\n", receiver, f.GoFieldName, signature(f))
			if body == "" {
				stem := strings.TrimSuffix(filepath.Base(f.Position.Src.Name), ".graphql")
				frames[stem] += head + "\tpanic(\"not written yet\")\n}\n\n"
				continue
			}
			text.WriteString(head + "\treturn " + body + "\n}\n\n")
		}
	}
	if err := orphans(written, wanted); err != nil {
		return err
	}
	for stem, methods := range frames {
		if err := addFrames(filepath.Join(dir, stem+".resolvers.go"), methods); err != nil {
			return err
		}
	}
	return floor.Save(dir, text.String()) //nolint:wrapcheck // names the file itself
}

// resolverHead begins the generated file. Unused imports are removed later.
const resolverHead = `package resolvers

import (
	"context"

	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/internal/content"
	"patternhub/loaders"
)

`

// signature returns the parameters and results of a resolver.
func signature(f *codegen.Field) string {
	var out strings.Builder
	out.WriteString("(ctx context.Context")
	if !f.Object.Root {
		out.WriteString(", obj " + goType(f.Object.Reference()))
	}
	for _, a := range f.Args {
		out.WriteString(", " + a.VarName + " " + goType(a.TypeReference.GO))
	}
	result := goType(f.TypeReference.GO)
	if f.Object.Stream {
		result = "<-chan " + result
	}
	return out.String() + ") (" + result + ", error)"
}

// goType returns a type in the spelling of the resolvers.
func goType(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string { return p.Name() })
}

// orphans returns an error for hand-written resolvers of fields that the schema no longer has.
func orphans(written, wanted map[string]bool) error {
	var wrong []error
	for name := range written {
		receiver, method, ok := strings.Cut(name, ".")
		if ok && strings.HasSuffix(receiver, "Resolver") && receiver != "Resolver" && !wanted[name] {
			wrong = append(wrong, fmt.Errorf("%s of %s resolves no field of the schema", method, receiver))
		}
	}
	slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(wrong...)
}

// addFrames adds methods to a hand-written file and creates the file if needed.
func addFrames(name, methods string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		text = []byte(resolverHead)
	}
	text, err = imports.Process(name, append(text, "\n"+methods...), nil)
	if err != nil {
		return fmt.Errorf("add frames to %s: %w", filepath.Base(name), err)
	}
	if err := os.WriteFile(name, text, 0o644); err != nil { //nolint:gosec // part of the repository
		return fmt.Errorf("add frames: %w", err)
	}
	return nil
}
