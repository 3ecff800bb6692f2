package resolvers_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// testPagesOfEveryScript writes pages whose names differ only in marks, and finds them by their
// paths in every Unicode form that clients send.
func testPagesOfEveryScript(t *testing.T, d *desk) {
	const create = `mutation($slug: String!) { pageCreate(input: {slug: $slug, name: "N", summary: "S."}) { page { slug resourcePath } userErrors { field message } } }`
	for _, slug := range []string{"हिन्दी/क", "हिन्दी/का", "हिन्दी/कि", norm.NFD.String("йод")} {
		got := d.do(t, create, map[string]any{"slug": slug})["pageCreate"].(map[string]any)
		page, ok := got["page"].(map[string]any)
		if !ok || page["slug"] != norm.NFC.String(slug) {
			t.Fatalf("%q: %v", slug, got)
		}
		for _, path := range []any{page["resourcePath"], "/" + norm.NFC.String(slug), norm.NFD.String(slug) + "/"} {
			found := d.do(t, `query($p: String!) { entry(path: $p) { slug } page(path: $p) { slug } }`, map[string]any{"p": path})
			want := map[string]any{"slug": page["slug"]}
			if diff := cmp.Diff(map[string]any{"entry": want, "page": want}, found); diff != "" {
				t.Errorf("%v: %s", path, diff)
			}
		}
	}
	taken := d.do(t, create, map[string]any{"slug": "йод"})["pageCreate"].(map[string]any)
	if taken["page"] != nil || len(taken["userErrors"].([]any)) != 1 {
		t.Errorf("the same slug in another form: %v", taken)
	}
	for _, slug := range []string{"search", "admin/x", "notes.md", "docs/größe"} {
		got := d.do(t, create, map[string]any{"slug": slug})["pageCreate"].(map[string]any)
		wrong := got["userErrors"].([]any)
		if got["page"] != nil || len(wrong) != 1 || fmt.Sprint(wrong[0].(map[string]any)["field"]) != "[input slug]" {
			t.Errorf("%s: %v", slug, got)
		}
	}
}
