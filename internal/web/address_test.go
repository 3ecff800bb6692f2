package web_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"patternhub/internal/web"
)

// proxies are the networks that the tests trust, one of each version of IP.
var proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8:ffff::/48")}

// from returns a request from a connection's address, with headers of the form "Name: value".
func from(remote string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = remote
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// TestTrustedProxies checks the address that limits apply to. It is the last one that is not a trusted
// proxy: all before it could have been forged by the client.
func TestTrustedProxies(t *testing.T) {
	const xff = "X-Forwarded-For: "
	tests := map[string]struct {
		remote  string
		headers []string
		proxies []netip.Prefix
		want    string
	}{
		"direct":                {"203.0.113.5:1", nil, proxies, "203.0.113.5"},
		"untrusted":             {"203.0.113.5:1", []string{xff + "198.51.100.1", "Forwarded: for=198.51.100.1"}, proxies, "203.0.113.5"},
		"no proxies":            {"192.0.2.1:1", []string{xff + "198.51.100.1"}, nil, "192.0.2.1"},
		"trusted":               {"192.0.2.1:1", []string{xff + "198.51.100.1"}, proxies, "198.51.100.1"},
		"no header":             {"192.0.2.1:1", nil, proxies, "192.0.2.1"},
		"proxies alone":         {"192.0.2.1:1", []string{xff + "192.0.2.8, 192.0.2.9"}, proxies, "192.0.2.8"},
		"two proxies":           {"192.0.2.1:1", []string{xff + "198.51.100.1, 192.0.2.9"}, proxies, "198.51.100.1"},
		"with their ports":      {"192.0.2.1:1", []string{xff + "198.51.100.1:1, 192.0.2.9:2"}, proxies, "198.51.100.1"},
		"forged before proxy":   {"192.0.2.1:1", []string{xff + "10.0.0.1, 198.51.100.1"}, proxies, "198.51.100.1"},
		"forged in two lines":   {"192.0.2.1:1", []string{xff + "10.0.0.1", xff + "198.51.100.1"}, proxies, "198.51.100.1"},
		"nonsense before it":    {"192.0.2.1:1", []string{xff + "nonsense, 198.51.100.1"}, proxies, "198.51.100.1"},
		"broken":                {"192.0.2.1:1", []string{xff + "nonsense"}, proxies, "192.0.2.1"},
		"broken between":        {"192.0.2.1:1", []string{xff + "198.51.100.1, unknown, 192.0.2.9"}, proxies, "192.0.2.9"},
		"both headers":          {"192.0.2.1:1", []string{xff + "198.51.100.1", "Forwarded: for=10.0.0.1"}, proxies, "198.51.100.1"},
		"version 6 by network":  {"[2001:db8::5]:1", nil, nil, "2001:db8::/64"},
		"over version 6":        {"[2001:db8:ffff::1]:1", []string{xff + "[2001:db8:1::5]:9"}, proxies, "2001:db8:1::/64"},
		"mapped proxy":          {"[::ffff:192.0.2.1]:1", []string{xff + "198.51.100.1"}, proxies, "198.51.100.1"},
		"Forwarded, two hops":   {"192.0.2.1:1", []string{`Forwarded: for=10.0.0.1, for=198.51.100.1;proto=https, for="192.0.2.9:443";by=192.0.2.1`}, proxies, "198.51.100.1"},
		"Forwarded, two lines":  {"192.0.2.1:1", []string{"Forwarded: for=10.0.0.1", "Forwarded: for=198.51.100.1"}, proxies, "198.51.100.1"},
		"Forwarded, open quote": {"192.0.2.1:1", []string{`Forwarded: for="10.0.0.1`, `Forwarded: for=198.51.100.1`}, proxies, "198.51.100.1"},
		"Forwarded, no client":  {"192.0.2.1:1", []string{"Forwarded: for=10.0.0.1, proto=https"}, proxies, "192.0.2.1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := mustServer(t, web.Options{TrustedProxies: tt.proxies})
			if got := s.Address(from(tt.remote, tt.headers...)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestForwardedForms checks every form that proxies write, in both headers. An unreadable one is logged
// once, and the proxy's own budget pays.
func TestForwardedForms(t *testing.T) {
	const four, six, none = "198.51.100.1", "2001:db8::/64", "192.0.2.1"
	for header, forms := range map[string]map[string]string{
		"X-Forwarded-For": {
			"198.51.100.1": four, "198.51.100.1:1234": four, " 198.51.100.1 ": four, `"198.51.100.1"`: four, `"198.51.100.1:1234"`: four,
			"198.51.100.1,": four, ", 198.51.100.1 ,,": four, "[198.51.100.1]": four, "[198.51.100.1]:80": four,
			"::ffff:198.51.100.1": four, "[::ffff:198.51.100.1]:1234": four, "::ffff:c633:6401": four,
			"2001:db8::5": six, "[2001:db8::5]": six, "[2001:db8::5]:1234": six, `"[2001:db8::5]:1234"`: six, "2001:DB8::5": six,
			"2001:db8:0:0:0:0:0:5:1234": six, "2001:db8::5%eth0": six, "[2001:db8::5%25eth0]:1": six,
			"unknown": none, "_hidden": none, "-": none, "localhost": none, "198.51.100": none, "198.51.100.1:": none, "198.51.100.1:x": none,
			"198.51.100.1:99999": none, "[2001:db8::5": none, "[2001:db8::5]x": none, "2001:db8::5]": none, ":1234": none, "[]": none, `"`: none,
		},
		"Forwarded": {
			"for=198.51.100.1": four, "For=198.51.100.1": four, "FOR=198.51.100.1;proto=https;by=203.0.113.43": four,
			"proto=http; for=198.51.100.1 ; by=203.0.113.43": four, `for="198.51.100.1"`: four, `for="198.51.100.1:1234"`: four,
			"for=198.51.100.1:1234": four, `for="198.51.100.1:_gazonk"`: four, `for="[2001:db8::5]"`: six, `for="[2001:db8::5]:4711"`: six,
			`For="[2001:db8::5]:_port";host="a, b;for=10.0.0.1"`: six, `for=198.51.100.1;host="a\"b,for=10.0.0.1"`: four,
			`host="x\\";for=198.51.100.1`: four, "for=[2001:db8::5]:4711": six, "for=2001:db8::5": six,
			"for=unknown": none, `for="unknown:80"`: none, "for=_hidden": none, `for="_SEVKISEK"`: none, "proto=https": none, "for=": none, "for": none,
			"198.51.100.1": none, "for=198.51.100.1;for=10.0.0.1": none, `for="198.51.100.1`: none, `for="198.51\.100.1"`: none,
		},
	} {
		for value, want := range forms {
			t.Run(header+" "+value, func(t *testing.T) {
				var log bytes.Buffer
				s := mustServer(t, web.Options{TrustedProxies: proxies, Log: slog.New(slog.NewTextHandler(&log, nil))})
				for range 3 {
					if got := s.Address(from("192.0.2.1:1", header+": "+value)); got != want {
						t.Errorf("got %s, want %s", got, want)
					}
				}
				lines := strings.Count(log.String(), "\n")
				if (lines == 1) != (want == none) || lines > 1 || (lines == 1 && !strings.Contains(log.String(), "proxy=192.0.2.1 header="+header)) {
					t.Errorf("the log: %q", log.String())
				}
			})
		}
	}
}

// TestClientsBehindAProxyHaveTheirOwnBudgets checks that the port does not affect who pays.
func TestClientsBehindAProxyHaveTheirOwnBudgets(t *testing.T) {
	s := mustServer(t, web.Options{TrustedProxies: proxies, Limits: web.Limits{Bucket: 100, Restore: 1}})
	for i, tt := range []struct {
		client string
		status int
	}{{"198.51.100.1:1000", 200}, {"198.51.100.1:1001", 429}, {"198.51.100.2:1000", 200}, {"[2001:db8::1]:7", 200}, {"[2001:db8::2]:7", 429}} {
		if a := s.post(t, "{costly{name}}", nil, "X-Forwarded-For: "+tt.client); a.status != tt.status {
			t.Errorf("request %d of %s: %d, want %d", i, tt.client, a.status, tt.status)
		}
	}
}
