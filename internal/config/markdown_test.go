package config_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"patternhub/internal/config"
)

// environmentNames returns the names that the struct declares.
func environmentNames(t reflect.Type, prefix string) []string {
	var out []string
	for f := range t.Fields() {
		if name, ok := f.Tag.Lookup("env"); ok {
			out = append(out, prefix+name)
		} else if f.Type.Kind() == reflect.Struct && f.Tag.Get("cmd") == "" {
			out = append(out, environmentNames(f.Type, prefix+f.Tag.Get("envprefix"))...)
		}
	}
	return out
}

func TestPageNamesEverySetting(t *testing.T) {
	page, err := config.Markdown()
	if err != nil {
		t.Fatal(err)
	}
	names := environmentNames(reflect.TypeFor[config.Config](), "")
	if len(names) < 30 {
		t.Fatalf("only %d names", len(names))
	}
	for _, name := range names {
		if n := strings.Count(page, "| `"+name+"` |"); n != 1 {
			t.Errorf("%s appears in %d rows", name, n)
		}
	}
	for _, row := range []string{
		"| `ADDR` | `--addr` | `127.0.0.1:8080` |", "| `MONGODB_URI` | `--mongodb-uri` | none |", "| `LIMIT_DEPTH` | `--limit-depth` | `12` |",
		"| `patternhub keys create", "| `patternhub import",
	} {
		if !strings.Contains(page, row) {
			t.Errorf("there is no row %s", row)
		}
	}
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "|") && strings.Contains(line, "${") {
			t.Errorf("a name was not replaced: %s", line)
		}
	}
}

func TestHelpNamesEverySetting(t *testing.T) {
	var out bytes.Buffer
	if _, _, err := config.Parse([]string{"serve", "--help"}, none, &out); err == nil {
		t.Fatal("help is not a command")
	}
	for _, name := range environmentNames(reflect.TypeFor[config.Config](), "") {
		if !strings.Contains(out.String(), "$"+name) {
			t.Errorf("help does not name %s", name)
		}
	}
}

func TestArgumentsOfCommands(t *testing.T) {
	for line, good := range map[string]bool{
		"import docs --dry-run --publish --overwrite": true, "import": false, "import a b": false,
		"export out --drafts --ndjson": true, "export": false,
		"keys create --role author --name ci --expires 24h": true, "keys create": false, "keys create --role god": false, "keys create --role ADMIN": false,
		"keys create --role admin --expires soon": false, "keys revoke": false, "keys": false, "serve now": false, "unknown": false, "--unknown": false,
		"version --addr 127.0.0.1:1": true,
	} {
		t.Run(line, func(t *testing.T) {
			var out bytes.Buffer
			_, command, err := config.Parse(strings.Fields(line), none, &out)
			if (err == nil) != good {
				t.Errorf("command %q, %v", command, err)
			}
			if err != nil && !strings.Contains(err.Error(), "--help") {
				t.Errorf("the error does not say where to look: %v", err)
			}
		})
	}
}

func TestArgumentsAreRead(t *testing.T) {
	cli, _, err := config.Parse(strings.Fields("keys create --role author --name ci --expires 24h"), none, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	if c := cli.Keys.Create; c.Role != "author" || c.Name != "ci" || c.Expires != 24*time.Hour {
		t.Errorf("arguments are %+v", c)
	}
	cli, _, err = config.Parse(strings.Fields("import docs --publish"), none, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	if a := cli.Import; !strings.HasSuffix(a.Dir, "/docs") || !a.Publish || a.DryRun || a.Overwrite {
		t.Errorf("arguments are %+v", a)
	}
}

func TestEmptyVariablesAreNotSet(t *testing.T) {
	cli, err := parse("ADDR", "")
	if err != nil || cli.Addr != "127.0.0.1:8080" {
		t.Errorf("the address is %q (%v)", cli.Addr, err)
	}
	if _, _, err := config.Parse([]string{"--addr", ""}, none, &bytes.Buffer{}); err == nil {
		t.Error("an empty flag was accepted")
	}
}
