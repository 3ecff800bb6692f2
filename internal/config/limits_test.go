package config_test

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"patternhub/internal/config"
)

// parse reads one setting from the environment.
func parse(name, value string) (*config.CLI, error) {
	cli, _, err := config.Parse(nil, env(name, value), &bytes.Buffer{})
	return cli, err
}

func TestDefaultsOfLimitsAreTheContracts(t *testing.T) {
	cli, err := parse("", "")
	if err != nil {
		t.Fatal(err)
	}
	want := config.Limits{
		DocumentBytes: 32_000, Tokens: 2_000, Depth: 12, Aliases: 30, RootFields: 20, Directives: 20, Fragments: 50, Nodes: 10_000, Cost: 10_000,
		Bucket: 20_000, Restore: 1_000, Batch: 10, BodyBytes: 1 << 20, Concurrent: cli.Limits.Concurrent, Deadline: 10 * time.Second, Sockets: 10,
	}
	if cli.Limits != want {
		t.Errorf("limits are %+v, want %+v", cli.Limits, want)
	}
	if cli.LimitMode != "enforce" || cli.Anonymous != "on" || cli.Introspection != "on" || cli.Playground != "on" || cli.WebhookAllowPrivate != "off" || cli.TrustedMode != "off" {
		t.Errorf("settings are %+v", cli.Config)
	}
}

func TestLimitsThatLetNothingThroughAreRefused(t *testing.T) {
	for _, name := range []string{
		"DOCUMENT_BYTES", "TOKENS", "DEPTH", "ALIASES", "ROOT_FIELDS", "DIRECTIVES", "FRAGMENTS", "NODES", "COST", "BUCKET", "RESTORE", "BATCH", "BODY_BYTES",
		"CONCURRENT", "SOCKETS",
	} {
		t.Run(name, func(t *testing.T) {
			for value, good := range map[string]bool{"1": true, "0": false, "-1": false, "1.5": false, "x": false} {
				_, err := parse("LIMIT_"+name, value)
				if (err == nil) != good {
					t.Errorf("%s gives %v", value, err)
				}
				flag := "limit-" + strings.ToLower(strings.ReplaceAll(name, "_", "-"))
				if err != nil && !strings.Contains(err.Error(), "LIMIT_"+name) && !strings.Contains(err.Error(), flag) {
					t.Errorf("the error does not name it: %v", err)
				}
			}
		})
	}
	for value, good := range map[string]bool{"1ns": true, "250ms": true, "1h": true, "0s": false, "-1s": false, "10": false} {
		if _, err := parse("LIMIT_DEADLINE", value); (err == nil) != good {
			t.Errorf("a deadline of %s gives %v", value, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for address, good := range map[string]bool{
		"127.0.0.1:8080": true, ":8080": true, "[::1]:0": true, "localhost:65535": true,
		"localhost": false, "localhost:": false, "localhost:65536": false, "localhost:-1": false, "localhost:http": false, "::1:80": false, "http://localhost:80": false,
	} {
		for _, name := range []string{"ADDR", "ADMIN_ADDR"} {
			if _, err := parse(name, address); (err == nil) != good {
				t.Errorf("%s=%s gives %v", name, address, err)
			}
		}
	}
	if _, err := parse("ADMIN_ADDR", "off"); err != nil {
		t.Errorf("no admin address: %v", err)
	}
	if _, err := parse("ADDR", "off"); err == nil {
		t.Error("an empty address was accepted")
	}
}

func TestOrigins(t *testing.T) {
	for origin, good := range map[string]bool{
		"https://example.org": true, "http://localhost:3000": true, "*": true, "https://a.example,https://b.example": true,
		"https://example.org/": false, "https://example.org/path": false, "https://example.org?x": false, "https://example.org#x": false,
		"https://me@example.org": false, "//example.org": false, "example.org:443": false, "https://": false, "https://a.example,b": false,
	} {
		if _, err := parse("CORS_ORIGINS", origin); (err == nil) != good {
			t.Errorf("%s gives %v", origin, err)
		}
	}
}

func TestTokenSecrets(t *testing.T) {
	long, other := strings.Repeat("a", 32), strings.Repeat("b", 40)
	for name, tt := range map[string]struct {
		value string
		good  bool
	}{
		"one": {long, true}, "two": {long + "," + other, true}, "three": {long + "," + other + "," + long, false},
		"short": {long[1:], false}, "one of two short": {long + ",b", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse("TOKEN_SECRETS", tt.value)
			if (err == nil) != tt.good {
				t.Fatalf("gives %v", err)
			}
			if err != nil && (strings.Contains(err.Error(), long[1:]) || strings.Contains(err.Error(), "bbbb")) {
				t.Errorf("the error contains the secret: %v", err)
			}
		})
	}
}

func TestErrorsHideAddressesWithPasswords(t *testing.T) {
	for value, good := range map[string]bool{
		"MONGODB_URI=mongodb://u:hunter2@h/?replicaSet=rs": true, "MONGODB_URI=mongodb+srv://u:hunter2@h": true,
		"MONGODB_URI=postgres://u:hunter2@h": false, "MONGODB_URI=u:hunter2@h": false,
		"SEARCH_URL=https://u:hunter2@h:9200": true, "SEARCH_URL=http://u:hunter2@h/path": true,
		"SEARCH_URL=ftp://u:hunter2@h": false, "SEARCH_URL=u:hunter2@h": false, "SEARCH_URL=http://u:hunter2@h:x": false,
	} {
		name, address, _ := strings.Cut(value, "=")
		_, err := parse(name, address)
		if (err == nil) != good {
			t.Errorf("%s gives %v", value, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error contains the password: %v", err)
		}
	}
}

func TestEnforcingNeedsAManifest(t *testing.T) {
	for mode, good := range map[string]bool{"off": true, "log": true, "enforce": false, "warn": false} {
		if _, err := parse("TRUSTED_MODE", mode); (err == nil) != good {
			t.Errorf("%s gives %v", mode, err)
		}
	}
	if _, err := parse("TRUSTED_DOCUMENTS", "none/such.json"); err == nil {
		t.Error("a manifest that does not exist was accepted")
	}
	if _, err := parse("TRUSTED_DOCUMENTS", t.TempDir()); err == nil {
		t.Error("a folder was accepted as a manifest")
	}
}

func TestSizes(t *testing.T) {
	units := map[string]int64{"": 1, "B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
	names := slices.Sorted(maps.Keys(units))
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom(names).Draw(t, "unit")
		n := rapid.Int64().Draw(t, "number")
		text := strconv.FormatInt(n, 10) + rapid.SampledFrom([]string{"", " "}).Draw(t, "space") + unit
		if unit == "" {
			text = strings.TrimSpace(text)
		}
		got, err := config.Bytes(text)
		fits := n >= 0 && float64(n)*float64(units[unit]) <= math.Pow(2, 50)
		if fits != (err == nil) || fits && got != n*units[unit] {
			t.Errorf("Bytes(%q) = %d, %v", text, got, err)
		}
		lower, lerr := config.Bytes(strings.ToLower(text))
		if lower != got || (lerr == nil) != (err == nil) {
			t.Errorf("in lower case, %q is %d, %v", text, lower, lerr)
		}
	})
	for _, s := range []string{"9223372036854775807KB", "17592186044417MB", "on", "1.5GB", "0x10", "MB64", "1 M B"} {
		if got, err := config.Bytes(s); err == nil {
			t.Errorf("Bytes(%q) = %d", s, got)
		}
	}
}

func TestForwardingNetworks(t *testing.T) {
	for name, tt := range map[string]struct {
		in   []string
		want []string
	}{
		"none":      {nil, nil},
		"networks":  {[]string{"10.0.0.0/8", "fd00::/8"}, []string{"10.0.0.0/8", "fd00::/8"}},
		"addresses": {[]string{"192.0.2.1", "::1"}, []string{"192.0.2.1/32", "::1/128"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := (&config.Config{TrustedProxies: tt.in}).Proxies()
			if err != nil || len(got) != len(tt.want) {
				t.Fatalf("networks are %v (%v)", got, err)
			}
			for i, p := range got {
				if p.String() != tt.want[i] {
					t.Errorf("network %d is %s, want %s", i, p, tt.want[i])
				}
			}
		})
	}
	for _, s := range []string{"", "proxy", "10.0.0.0/33", "10.0.0", "::1/129", "10.0.0.1-10.0.0.9"} {
		if got, err := (&config.Config{TrustedProxies: []string{s}}).Proxies(); err == nil {
			t.Errorf("%q is %v", s, got)
		}
	}
}
