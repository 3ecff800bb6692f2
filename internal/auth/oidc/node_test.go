package oidc_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/auth"
	"patternhub/internal/auth/oidc"
	"patternhub/internal/content"
)

// providerDir is the folder of the Node program that acts as the provider.
const providerDir = "testdata/provider"

// startProvider runs the provider of npm and returns its address. Without Node the test is skipped, except in
// CI.
func startProvider(t *testing.T, redirect string) string {
	t.Helper()
	missing := t.Skipf
	if os.Getenv("CI") != "" {
		missing = t.Fatalf
	}
	binary, err := exec.LookPath("node")
	if err != nil {
		missing("Node is not installed: the test with a real OpenID provider needs Node 20 or later")
	}
	if _, err := os.Stat(filepath.Join(providerDir, "node_modules", ".package-lock.json")); err != nil {
		install := exec.CommandContext(t.Context(), "npm", "ci", "--omit=dev", "--no-audit", "--no-fund")
		install.Dir = providerDir
		if out, err := install.CombinedOutput(); err != nil {
			missing("npm ci in %s failed, so the test with a real OpenID provider cannot run: %v\n%s", providerDir, err, out)
		}
	}
	c := exec.CommandContext(t.Context(), binary, "provider.mjs", redirect)
	c.Dir = providerDir
	in, err := c.StdinPipe() // its end ends the provider
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = c.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the provider has not started: %v", err)
	}
	return strings.TrimSpace(line)
}

// agreeAt signs in at a provider as a person does in a browser, agrees to everything, and returns what the
// provider answers to the hub.
func agreeAt(t *testing.T, address, login string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), origin) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	resp, err := client.Get(address)
	for range 5 {
		if err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if to := resp.Header.Get("Location"); strings.HasPrefix(to, origin) {
			u, err := url.Parse(to)
			if err != nil {
				t.Fatal(err)
			}
			return u.Query()
		}
		if !strings.Contains(resp.Request.URL.Path, "/interaction/") {
			t.Fatalf("%s answers %s: %s", resp.Request.URL, resp.Status, page)
		}
		form := url.Values{"prompt": {"consent"}}
		if strings.Contains(string(page), `value="login"`) {
			form = url.Values{"prompt": {"login"}, "login": {login}, "password": {"any"}}
		}
		resp, err = client.PostForm(resp.Request.URL.String(), form)
	}
	t.Fatal("the provider never sends the browser back")
	return nil
}

// TestARealProvider signs in with a provider that others have written, so that the hub and its own test
// double cannot share a mistake. A person without a role is refused, and no answer counts twice.
func TestARealProvider(t *testing.T) {
	address := startProvider(t, origin+"/sign-in/back/work")
	p := oidc.New([]oidc.Settings{settings("work", address)}, auth.NewTokens(identity{}), nil)
	for login, tt := range map[string]struct {
		want *auth.Claims
		code content.Code
	}{
		"ada": {&auth.Claims{Issuer: address, Subject: "ada", Name: "Ada", Mail: "ada@example.org", Role: content.RolePublisher}, ""},
		"lin": {nil, content.Forbidden}, // has no role
	} {
		to, cookie, err := p.Begin(t.Context(), "work", origin, "/")
		if err != nil {
			t.Fatal(err)
		}
		answer := agreeAt(t, to, login)
		claims, _, err := p.Finish(t.Context(), "work", origin, cookie, answer)
		if diff := cmp.Diff(tt.want, claims); diff != "" || content.CodeOf(err) != tt.code {
			t.Errorf("%s: %v (-want +got):\n%s", login, err, diff)
		}
		if _, _, err := p.Finish(t.Context(), "work", origin, cookie, answer); content.CodeOf(err) != content.Unauthenticated {
			t.Errorf("%s again: %v", login, err)
		}
	}
}
