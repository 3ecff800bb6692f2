package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/config"
)

// setting is the text of a value, the value that it parses to, and the text of another value.
type setting struct {
	text  string
	want  any
	other string
}

// settings returns a value that differs from the default for each setting of docs/config.md.
func settings(t *testing.T) map[string]setting {
	t.Helper()
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one.json"), filepath.Join(dir, "two.json")
	for _, name := range []string{one, two} {
		if err := os.WriteFile(name, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long, longer := strings.Repeat("a", 32), strings.Repeat("b", 33)
	return map[string]setting{
		"ADDR":                  {"127.0.0.1:1", "127.0.0.1:1", "127.0.0.1:2"},
		"ADMIN_ADDR":            {"off", "off", "127.0.0.1:2"},
		"MONGODB_URI":           {"mongodb://a", "mongodb://a", "mongodb://b"},
		"MONGODB_DATABASE":      {"one", "one", "two"},
		"DATA_DIR":              {dir, dir, one},
		"SEARCH_DIR":            {"off", "off", dir},
		"SEARCH_URL":            {"http://a:1", "http://a:1", "https://b:2"},
		"CORS_ORIGINS":          {"https://a.example,https://b.example", []string{"https://a.example", "https://b.example"}, "https://c.example"},
		"CORS_HEADERS":          {"x-a,x-b", []string{"x-a", "x-b"}, "x-c"},
		"CORS_EXPOSED_HEADERS":  {"x-a,x-b", []string{"x-a", "x-b"}, "x-c"},
		"CORS_CREDENTIALS":      {"true", true, "false"},
		"TRUSTED_PROXIES":       {"10.0.0.0/8,::1", []string{"10.0.0.0/8", "::1"}, "192.0.2.0/24"},
		"PROFILE":               {"locked", "locked", "public"},
		"PLAYGROUND":            {"off", "off", "on"},
		"SITE":                  {"off", "off", "on"},
		"SITE_URL":              {"https://a.example", "https://a.example", "https://b.example"},
		"SITE_TITLE":            {"One", "One", "Two"},
		"SITE_CONTACT":          {"mailto:one@a.example", "mailto:one@a.example", "https://b.example/security"},
		"SITE_ASSETS":           {dir, dir, t.TempDir()},
		"SIGN_IN_PROVIDERS":     {one, one, two},
		"INTROSPECTION":         {"off", "off", "on"},
		"ANONYMOUS":             {"off", "off", "on"},
		"ENGINE":                {"off", "off", "on"},
		"MCP":                   {"off", "off", "on"},
		"ENTITY_CACHE":          {"1MB", "1MB", "off"},
		"RESPONSE_CACHE":        {"1MB", "1MB", "off"},
		"IMPORT_FILE":           {"1MB", "1MB", "2MB"},
		"IMPORT_FILES":          {"3GB", "3GB", "2GB"},
		"TRUSTED_DOCUMENTS":     {one + "," + two, []string{one, two}, two},
		"TRUSTED_MODE":          {"log", "log", "off"},
		"WEBHOOK_ALLOW_PRIVATE": {"on", "on", "off"},
		"TOKEN_SECRETS":         {long + "," + longer, []string{long, longer}, longer},
		"CHANGES_KEEP":          {"90m", 90 * time.Minute, "2h"},
		"LOG_FORMAT":            {"json", "json", "text"},
		"LIMIT_MODE":            {"measure", "measure", "enforce"},
		"LIMIT_DOCUMENT_BYTES":  {"101", 101, "102"},
		"LIMIT_TOKENS":          {"103", 103, "104"},
		"LIMIT_DEPTH":           {"105", 105, "106"},
		"LIMIT_ALIASES":         {"107", 107, "108"},
		"LIMIT_ROOT_FIELDS":     {"109", 109, "110"},
		"LIMIT_DIRECTIVES":      {"111", 111, "112"},
		"LIMIT_FRAGMENTS":       {"113", 113, "114"},
		"LIMIT_NODES":           {"115", int64(115), "116"},
		"LIMIT_COST":            {"117", int64(117), "118"},
		"LIMIT_BUCKET":          {"119", int64(119), "120"},
		"LIMIT_RESTORE":         {"121", int64(121), "122"},
		"LIMIT_BODY_BYTES":      {"123", int64(123), "124"},
		"LIMIT_BATCH":           {"131", 131, "132"},
		"LIMIT_CONCURRENT":      {"125", 125, "126"},
		"LIMIT_DEADLINE":        {"127s", 127 * time.Second, "128s"},
		"LIMIT_SOCKETS":         {"129", 129, "130"},
	}
}

// of returns the value of the setting with an environment name.
func of(c *config.Config, name string) any {
	var find func(v reflect.Value, prefix string) any
	find = func(v reflect.Value, prefix string) any {
		for i := range v.NumField() {
			tag := v.Type().Field(i).Tag
			if prefix+tag.Get("env") == name {
				return v.Field(i).Interface()
			}
			if inner, ok := tag.Lookup("envprefix"); ok {
				if found := find(v.Field(i), inner); found != nil {
					return found
				}
			}
		}
		return nil
	}
	return find(reflect.ValueOf(*c), "")
}

// TestEverySettingIsRead sets each setting of docs/config.md by its variable, by its flag, and by
// both, where the flag wins. The variables are set in the process, as in the program itself.
func TestEverySettingIsRead(t *testing.T) {
	text, err := config.Markdown()
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| `(--[a-z-]+)` \\|").FindAllStringSubmatch(text, -1)
	defaults, err := parse("", "")
	if err != nil {
		t.Fatal(err)
	}
	all := settings(t)
	for _, row := range rows {
		name, flag := row[1], row[2]
		s, known := all[name]
		if !known {
			t.Errorf("%s has no value in this test", name)
			continue
		}
		delete(all, name)
		if cmp.Equal(of(&defaults.Config, name), s.want) {
			t.Errorf("%s: the value of this test is the default", name)
		}
		for way, c := range map[string]struct {
			env  string
			args []string
		}{
			"environment": {s.text, nil},
			"flag":        {"", []string{flag + "=" + s.text}},
			"both":        {s.other, []string{flag + "=" + s.text}},
		} {
			t.Run(name+"/"+way, func(t *testing.T) {
				t.Setenv(name, c.env)
				cli, _, err := config.Parse(c.args, os.Getenv, &bytes.Buffer{})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(s.want, of(&cli.Config, name)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
	for name := range all {
		t.Errorf("%s is not in docs/config.md", name)
	}
}

// TestAnEmptyVariableIsAbsent: a composed environment has many empty variables.
func TestAnEmptyVariableIsAbsent(t *testing.T) {
	defaults, err := parse("", "")
	if err != nil {
		t.Fatal(err)
	}
	for name := range settings(t) {
		t.Setenv(name, "")
	}
	cli, _, err := config.Parse(nil, os.Getenv, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(defaults.Config, cli.Config); diff != "" {
		t.Error(diff)
	}
}

func TestDefaultLimitsAreThoseOfTheCommandLine(t *testing.T) {
	cli, err := parse("", "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cli.Limits, config.DefaultLimits()); diff != "" {
		t.Error(diff)
	}
}
