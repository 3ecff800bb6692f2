package config_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"patternhub/internal/config"
)

func none(string) string { return "" }

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestDefaults(t *testing.T) {
	cli, command, err := config.Parse(nil, none, &bytes.Buffer{})
	if err != nil || command != "serve" {
		t.Fatalf("command %q, %v", command, err)
	}
	if cli.Addr != "127.0.0.1:8080" || cli.AdminAddr != "127.0.0.1:9090" || cli.Profile != "public" || cli.Limits.Depth != 12 || cli.ChangesKeep != 90*24*time.Hour {
		t.Errorf("defaults are %+v", cli.Config)
	}
}

func TestFlagsWinOverTheEnvironment(t *testing.T) {
	cli, _, err := config.Parse([]string{"serve", "--addr", "127.0.0.1:1"}, env("ADDR", "127.0.0.1:2", "LIMIT_DEPTH", "7", "CORS_ORIGINS", "https://a.example,https://b.example"), &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	if cli.Addr != "127.0.0.1:1" || cli.Limits.Depth != 7 || len(cli.CORSOrigins) != 2 {
		t.Errorf("settings are %+v", cli.Config)
	}
}

func TestCommands(t *testing.T) {
	for line, want := range map[string]string{
		"seed": "seed", "keys list": "keys list", "keys create --role admin": "keys create", "keys revoke abc": "keys revoke",
		"schema": "schema", "version": "version", "healthcheck": "healthcheck", "import .": "import", "export .": "export",
		"log": "log", "log --last 5 --type PATTERN --by seed": "log",
	} {
		t.Run(line, func(t *testing.T) {
			_, command, err := config.Parse(strings.Fields(line), none, &bytes.Buffer{})
			if err != nil || command != want {
				t.Errorf("command %q, %v; want %q", command, err, want)
			}
		})
	}
}

func TestWrongValuesAreRefusedByName(t *testing.T) {
	for name, value := range map[string]string{
		"ADDR": "nowhere", "ADMIN_ADDR": "nowhere", "MONGODB_URI": "http://x", "SEARCH_URL": "search.example.org:9200", "PROFILE": "open", "ANONYMOUS": "maybe", "CORS_ORIGINS": "example.org",
		"CORS_HEADERS": "X-A, X B", "CORS_EXPOSED_HEADERS": "X-A:",
		"SITE": "maybe", "SITE_URL": "https://a.example/hub", "SITE_ASSETS": "nowhere",
		"TRUSTED_PROXIES": "10.0.0.0/99", "ENTITY_CACHE": "much", "RESPONSE_CACHE": "-1MB", "IMPORT_FILE": "off", "IMPORT_FILES": "many", "TOKEN_SECRETS": "short", "CHANGES_KEEP": "1s", "LIMIT_MODE": "off", "LIMIT_DEPTH": "deep", "ENGINE": "2",
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := config.Parse(nil, env(name, value), &bytes.Buffer{})
			if err == nil {
				t.Fatalf("%s=%s was accepted", name, value)
			}
			flag := strings.ToLower(strings.ReplaceAll(name, "_", "-"))
			if !strings.Contains(err.Error(), name) && !strings.Contains(err.Error(), flag) {
				t.Errorf("the error does not name it: %v", err)
			}
		})
	}
	if _, _, err := config.Parse(nil, env("CORS_ORIGINS", "*", "CORS_CREDENTIALS", "true"), &bytes.Buffer{}); err == nil {
		t.Error("every origin with credentials was accepted")
	}
}

func TestHeadersAreNames(t *testing.T) {
	for value, want := range map[string]int{"X-Tenant": 1, "x-a,x-b": 2, "*": 1, "X:": 0, "X A": 0, "X,,Y": 0, "ü": 0, "X\r\nY": 0} {
		for _, name := range []string{"CORS_HEADERS", "CORS_EXPOSED_HEADERS"} {
			cli, err := parse(name, value)
			if (err == nil) != (want > 0) || (err != nil && !strings.Contains(err.Error(), name)) {
				t.Errorf("%s=%q gives %v", name, value, err)
				continue
			}
			if err == nil && len(cli.CORSHeaders)+len(cli.CORSExposed) != want {
				t.Errorf("%s=%q gives %q and %q", name, value, cli.CORSHeaders, cli.CORSExposed)
			}
		}
	}
}

func TestHelpIsShown(t *testing.T) {
	var out bytes.Buffer
	_, _, err := config.Parse([]string{"--help"}, none, &out)
	if !errors.Is(err, config.ErrHelp) || !strings.Contains(out.String(), "$MONGODB_URI") {
		t.Errorf("help gives %v and %s", err, out.String())
	}
}

func TestBytes(t *testing.T) {
	for in, want := range map[string]int64{"off": 0, "64MB": 64 << 20, "1 gb": 1 << 30, "12KB": 12 << 10, "100B": 100, "7": 7} {
		if got, err := config.Bytes(in); err != nil || got != want {
			t.Errorf("Bytes(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "MB", "-1MB", "99999999999GB", "1TB"} {
		if got, err := config.Bytes(in); err == nil {
			t.Errorf("Bytes(%q) = %d", in, got)
		}
	}
}

func TestProxies(t *testing.T) {
	c := config.Config{TrustedProxies: []string{"10.0.0.0/8", "::1"}}
	got, err := c.Proxies()
	if err != nil || len(got) != 2 || got[1].Bits() != 128 {
		t.Errorf("networks are %v, %v", got, err)
	}
}

// TestMessagesSayWhatToDo holds the whole text of what a wrong command line is answered with.
func TestMessagesSayWhatToDo(t *testing.T) {
	const more = " (patternhub --help lists what is allowed)"
	for line, want := range map[string]string{
		"imp":                    `there is no command "imp"; did you mean "import"?`,
		"keys revok":             `there is no command "keys revok"; did you mean "revoke"?`,
		"help imp":               `there is no command "imp"; did you mean "import"?`,
		"help keys revok":        `there is no command "keys revok"; did you mean "revoke"?`,
		"keys":                   "keys needs a command: create, list or revoke",
		"import":                 `"patternhub import" needs 1 arguments and has 0: patternhub import <dir> [flags]`,
		"keys create":            `required flag(s) "role" not set`,
		"keys create --role god": `invalid argument "god" for "--role" flag: it must be reader, previewer, author, publisher or admin`,
		"--limit-depth=deep":     `invalid argument "deep" for "--limit-depth" flag: it must be a whole number`,
	} {
		t.Run(line, func(t *testing.T) {
			if _, _, err := config.Parse(strings.Fields(line), none, &bytes.Buffer{}); err == nil || err.Error() != want+more {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

func TestAListIsGivenAtOnceOrInParts(t *testing.T) {
	for _, line := range []string{"--cors-headers=x-a,x-b", "--cors-headers x-a --cors-headers x-b", "version --cors-headers x-a,x-b"} {
		cli, _, err := config.Parse(strings.Fields(line), env("CORS_HEADERS", "x-c"), &bytes.Buffer{})
		if err != nil || !slices.Equal(cli.CORSHeaders, []string{"x-a", "x-b"}) {
			t.Errorf("%s: %q, %v", line, cli.CORSHeaders, err)
		}
	}
}

func TestPathsAreAbsolute(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{"~/hub": filepath.Join(home, "hub"), "hub": filepath.Join(here, "hub"), "/hub": "/hub", "": filepath.Join(here, "data")} {
		if cli, err := parse("DATA_DIR", value); err != nil || cli.DataDir != want {
			t.Errorf("DATA_DIR=%s is %q, %v; want %q", value, cli.DataDir, err, want)
		}
	}
}
