package hub_test

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"patternhub/internal/content"
)

// mustWriteManifest writes a manifest.
func mustWriteManifest(t *testing.T, name string, manifest any) {
	t.Helper()
	raw, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// hangUpProgram sends the program the signal on which it reads its manifests again.
func hangUpProgram(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

func TestManifestsAreReadAgain(t *testing.T) {
	codegen, apollo := filepath.Join(t.TempDir(), "codegen.json"), filepath.Join(t.TempDir(), "apollo.json")
	const laws, tiers, roles = `{ laws { slug } }`, `{ tiers { slug } }`, `{ roles { slug } }`
	mustWriteManifest(t, codegen, map[string]string{"sha256:laws": laws})
	mustWriteManifest(t, apollo, map[string]any{"format": "apollo-persisted-query-manifest", "version": 1, "operations": []any{
		map[string]string{"id": "tiers", "name": "Tiers", "type": "query", "body": tiers},
	}})
	s := newStaffed(t, "--trusted-documents", codegen+","+apollo, "--trusted-mode", "enforce")
	served := func(query string, h header) bool {
		t.Helper()
		a, _, err := s.send(t.Context(), query, nil, h)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Errors) > 0 && a.Errors[0].Extensions.Code != "FORBIDDEN" {
			t.Errorf("%s: %+v", query, a.Errors)
		}
		return len(a.Errors) == 0
	}
	if !served(laws, header{}) || !served(tiers, header{}) || served(roles, header{}) {
		t.Error("the two manifests are not served")
	}
	for role, want := range map[content.AccessRole]bool{
		content.RoleReader: false, content.RolePreviewer: false, content.RoleAuthor: true, content.RolePublisher: true, content.RoleAdmin: true,
	} {
		if served(roles, s.as(role)) != want {
			t.Errorf("a key of %s: served: %v", role, !want)
		}
	}
	if err := os.WriteFile(codegen, []byte(`{"roles":`), 0o600); err != nil {
		t.Fatal(err)
	}
	hangUpProgram(t)
	s.mustHear(t, "^Trusted documents: not read")
	if !served(laws, header{}) || served(roles, header{}) {
		t.Error("a broken manifest has changed what is served")
	}
	mustWriteManifest(t, codegen, map[string]string{"roles": roles})
	hangUpProgram(t)
	s.mustHear(t, "^Trusted documents: 2 read again")
	if served(laws, header{}) || !served(tiers, header{}) || !served(roles, header{}) {
		t.Error("the new manifest is not served")
	}
}

func TestManifestsThatDisagreeAreRefused(t *testing.T) {
	one, two := filepath.Join(t.TempDir(), "one.json"), filepath.Join(t.TempDir(), "two.json")
	mustWriteManifest(t, one, map[string]string{"a": "{ laws { slug } }"})
	mustWriteManifest(t, two, map[string]string{"a": "{ tiers { slug } }"})
	getenv := func(name string) string {
		return map[string]string{"TRUSTED_DOCUMENTS": one + "," + two, "MONGODB_URI": "mongodb://127.0.0.1:1"}[name]
	}
	err := run(t.Context(), []string{"serve", "--addr", "127.0.0.1:0", "--admin-addr", "off"}, getenv, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "TRUSTED_DOCUMENTS") || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("got %v", err)
	}
}
