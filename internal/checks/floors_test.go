package checks_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// row matches a row of the table of floors in docs/architecture.md: the number, and the folders.
var row = regexp.MustCompile(`(?m)^\| ([0-9]+) \| ([^|]+) \|`)

// floors reads the floor of each folder from the table in the document.
func floors(t *testing.T) map[string]int {
	t.Helper()
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		for name := range strings.SplitSeq(m[2], ",") {
			out[strings.Trim(name, " `")] = n
		}
	}
	if len(out) < 10 {
		t.Fatalf("the table of floors has %d folders", len(out))
	}
	return out
}

// homes lists the only packages that may import a library.
var homes = map[string][]string{
	"go.mongodb.org/mongo-driver/v2":                 {"mongodb"},
	"github.com/graph-gophers/dataloader":            {"loaders"},
	"github.com/RoaringBitmap/roaring":               {"mongodb"},
	"github.com/99designs/gqlgen":                    {"graph", "resolvers", "web", "engine"},
	"github.com/rs/cors":                             {"web"},
	"github.com/blevesearch/bleve":                   {"search"},
	"go.etcd.io/bbolt":                               {"search"},
	"github.com/yuin/goldmark":                       {"markdown"},
	"github.com/goccy/go-yaml":                       {"markdown"},
	"github.com/spf13/cobra":                         {"config"},
	"github.com/cenkalti/backoff/v5":                 {"wait"},
	"modernc.org/quickjs":                            {"diagram"},
	"github.com/go-webauthn/webauthn":                {"auth"},
	"github.com/coreos/go-oidc":                      {"auth"},
	"github.com/modelcontextprotocol/go-sdk":         {"mcp"},
	"golang.org/x/oauth2":                            {"auth"},
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
	cmd.Dir = "../.."
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

// folder returns the first element of a package's path, or the one below internal; "" for the
// program itself.
func folder(path string) string {
	rest, ok := strings.CutPrefix(path, module+"/")
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(rest, "internal/"), "/")
	return first
}

// TestFoldersImportLowerFloorsOnly: a folder imports only lower floors. Subfolders have their
// parent's floor and may import it.
func TestFoldersImportLowerFloorsOnly(t *testing.T) {
	floors := floors(t)
	for _, p := range packages(t) {
		from := folder(p.ImportPath)
		if from == "" || from == "checks" || from == "drills" || strings.HasPrefix(p.ImportPath, module+"/graph/gen") {
			continue
		}
		floor, ok := floors[from]
		if !ok {
			t.Errorf("%s has no floor", p.ImportPath)
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

// TestContentImportsLittle allows content to import only the standard library and the Unicode
// tables that complete it.
func TestContentImportsLittle(t *testing.T) {
	found := false
	for _, p := range packages(t) {
		if p.ImportPath != module+"/internal/content" {
			continue
		}
		found = true
		for _, i := range p.Imports {
			if first, _, _ := strings.Cut(i, "/"); (strings.Contains(first, ".") || first == module) && !strings.HasPrefix(i, "golang.org/x/text/") {
				t.Errorf("content imports %s", i)
			}
		}
	}
	if !found {
		t.Error("there is no package content")
	}
}

func TestOnlyHomesImportLibraries(t *testing.T) {
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
