package hub_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/repository"
	"patternhub/internal/site/pages"
)

// saga is the pattern that these tests publish again.
var saga = content.ID{Type: content.TypePattern, Key: "saga"}

// republish publishes saga with another problem and without aliases.
func (s *staffed) republish(t *testing.T) {
	t.Helper()
	id := map[string]any{"id": saga.String()}
	s.author(t, content.RolePublisher, `mutation($id: ID!) { patternUpdate(id: $id, input: {problem: "Another problem.", aliases: []}) { userErrors { code } } }`, id)
	s.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { userErrors { code } } }`, id)
}

// tags matches what is not text in HTML, with the space around it.
var tags = regexp.MustCompile(`(\s|<[^>]*>)+`)

// TestChangesSayWhatChanged reads the page of changes before and after a publish, and with a draft.
func TestChangesSayWhatChanged(t *testing.T) {
	s := newStaffed(t)
	line := func() string {
		t.Helper()
		_, body := s.open(t, "/changes")
		_, after, ok := strings.Cut(body, `<a href="/patterns/saga">`)
		before, _, _ := strings.Cut(after, "</ul>\n")
		before, _, _ = strings.Cut(before, `<a href="/patterns/`+"saga-")
		if !ok {
			t.Fatal("the pattern is not among the changes")
		}
		return strings.TrimSpace(tags.ReplaceAllString(before, " "))
	}
	if got := line(); !strings.HasPrefix(got, "Saga new ") {
		t.Errorf("a new entry is shown as %q", got)
	}
	id := map[string]any{"id": saga.String()}
	s.author(t, content.RolePublisher, `mutation($id: ID!) { patternUpdate(id: $id, input: {problem: "A draft."}) { userErrors { code } } }`, id)
	if got := line(); !strings.HasPrefix(got, "Saga new ") || strings.Contains(got, "Changed") {
		t.Errorf("with a draft the entry is shown as %q", got)
	}
	s.republish(t)
	if got := line(); !regexp.MustCompile(`^Saga \d\d:\d\d UTC, revision 3 .* Changed problem Removed aliases`).MatchString(got) {
		t.Errorf("a changed entry is shown as %q", got)
	}
	asked := s.mustAsk(t, `{ pattern(slug: "saga") { revision publication { replaced changed removed } } }`, nil)
	want := map[string]any{"revision": 3.0, "publication": map[string]any{"replaced": 1.0, "changed": []any{"problem"}, "removed": []any{"aliases"}}}
	if d := cmp.Diff(want, at(asked, "pattern")); d != "" {
		t.Errorf("the API says (-want +got):\n%s", d)
	}
}

// checkSections checks that each field with a value has the section that its changes link to.
func (c *crawl) checkSections(t *testing.T, store *repository.Store) {
	t.Helper()
	count := 0
	for _, kind := range content.Types() {
		keys, err := store.KeysAfter(t.Context(), content.Published, kind, "", 10_000)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := store.At(content.Published).Reader(kind).PagesByKeys(t.Context(), keys)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			page := c.pages[e.Head().ResourcePath()]
			for _, field := range content.Authored(kind) {
				section := pages.Section("/"+kind.Plural(), field)
				value := content.FieldValue(e, field)
				if section == "" || value.IsZero() || value.Kind() == reflect.Slice && value.Len() == 0 {
					continue
				}
				count++
				if page == nil || !page.ids[section] {
					t.Errorf("%s shows %s nowhere at #%s", e.Head().ResourcePath(), field, section)
				}
			}
		}
	}
	if count < 1000 {
		t.Errorf("only %d fields were looked for", count)
	}
}
