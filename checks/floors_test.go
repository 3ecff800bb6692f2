package checks_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors says on which floor each folder stands; a folder imports lower floors only. Folders
// below these stand on their parent's floor and may import it.
var floors = map[string]int{
	"config": 1, "content": 1,
	"mongodb": 2, "markdown": 2, "cache": 2, "search": 2, "advisor": 2, "auth": 2, "webhook": 2, "loaders": 2, "engine": 2,
	"porting": 3, "graph": 3,
	"seed": 4, "resolvers": 4,
	"web": 5,
}

// homes says who alone may import a library.
var homes = map[string][]string{
	"go.mongodb.org/mongo-driver/v2":                 {"mongodb"},
	"github.com/graph-gophers/dataloader":            {"loaders"},
	"github.com/99designs/gqlgen":                    {"graph", "resolvers", "web", "engine"},
	"github.com/rs/cors":                             {"web"},
	"github.com/blevesearch/bleve":                   {"search"},
	"github.com/yuin/goldmark":                       {"markdown"},
	"github.com/goccy/go-yaml":                       {"markdown"},
	"github.com/alecthomas/kong":                     {"config"},
	"go.mongodb.org/mongo-driver/mongo":              {},
	"github.com/99designs/gqlgen/graphql/playground": {},
}

const module = "patternhub"

type pkg struct {
	ImportPath string
	Imports    []string
}

// packages lists the packages of the module without their tests.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if len(list) < 10 {
		t.Fatalf("only %d packages were found", len(list))
	}
	return list
}

// folder is the first element of a package's path; empty for the program itself.
func folder(path string) string {
	rest, ok := strings.CutPrefix(path, module+"/")
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(rest, "/")
	return first
}

func TestFoldersImportLowerFloorsOnly(t *testing.T) {
	for _, p := range packages(t) {
		from := folder(p.ImportPath)
		if from == "" || from == "checks" || from == "drills" || strings.HasPrefix(p.ImportPath, module+"/graph/gen") {
			continue
		}
		floor, ok := floors[from]
		if !ok {
			t.Errorf("%s stands on no floor", p.ImportPath)
			continue
		}
		for _, i := range p.Imports {
			to := folder(i)
			if to == "" || to == from {
				continue
			}
			if floors[to] >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", p.ImportPath, floor, i, floors[to])
			}
		}
	}
}

func TestContentImportsTheStandardLibraryOnly(t *testing.T) {
	for _, p := range packages(t) {
		if p.ImportPath != module+"/content" {
			continue
		}
		for _, i := range p.Imports {
			if first, _, _ := strings.Cut(i, "/"); strings.Contains(first, ".") || first == module {
				t.Errorf("content imports %s", i)
			}
		}
	}
}

func TestLibrariesStayAtHome(t *testing.T) {
	for _, p := range packages(t) {
		from := folder(p.ImportPath)
		for _, i := range p.Imports {
			for library, allowed := range homes {
				if strings.HasPrefix(i, library) && from != "" && !slices.Contains(allowed, from) {
					t.Errorf("%s imports %s", p.ImportPath, i)
				}
			}
		}
	}
}
