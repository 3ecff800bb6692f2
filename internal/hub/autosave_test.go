package hub_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"patternhub/internal/content"
)

// saga returns the id of a pattern of the seed.
func (m *manned) saga(t *testing.T) string {
	t.Helper()
	return at(m.mustSend(t, `{ pattern(slug: "saga") { id } }`, nil), "pattern", "id").(string)
}

// autosave keeps a name of an entry for the person of a browser.
func (b *browser) autosave(t *testing.T, id, name string) {
	t.Helper()
	if got := b.code(t, fmt.Sprintf(`mutation { entryAutosave(id: %q, baseRevision: 1, input: "{\"name\": \"%s\"}") { userErrors { code message } } }`, id, name)); got != "" {
		t.Fatalf("autosave: %s", got)
	}
}

// TestAutosavesBelongToOnePerson looks for what a person has typed as everybody else: other people, administrators,
// keys, a key of the person, readers, and subscribers of nothing that follows writes.
func TestAutosavesBelongToOnePerson(t *testing.T) {
	m := newManned(t)
	ada, person := m.signIn(t, "author")
	bob, _ := m.signIn(t, "author")
	admin, _ := m.signIn(t, "admin")
	id := m.saga(t)
	store := m.store(t)
	before, err := store.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ada.autosave(t, id, canary)
	ada.must(t, fmt.Sprintf(`mutation { entryAutosave(draft: "d", type: LAW, input: "{\"name\": \"%s\"}") { userErrors { message } } }`, canary))
	if after, err := store.LastSeq(t.Context()); err != nil || after != before {
		t.Errorf("autosaves are in the change log: %d after %d (%v)", after, before, err)
	}
	own := ada.must(t, fmt.Sprintf(`{ autosave(id: %q) { input baseRevision merge { revision fields } } new: autosave(draft: "d") { input type } autosaves { target draft } }`, id))
	if at(own, "autosave", "input") != `{"name": "`+canary+`"}` || at(own, "new", "type") != "LAW" || len(own["autosaves"].([]any)) != 2 {
		t.Fatalf("her own: %v", own)
	}
	key, _, _ := strings.Cut(m.command(t, "keys", "create", "--role", "author", "--person", person, "--name", "laptop"), "\n")
	asks := fmt.Sprintf(`{ autosave(id: %q) { input } new: autosave(draft: "d") { input } autosaves { input }
		node(id: %q) { __typename ... on Pattern { name revisions { nodes { changes { after } } } } } search(query: %q) { nodes { name } } entrySchedules { at } }`, id, id, canary)
	discard := fmt.Sprintf(`mutation { entryAutosaveDiscard(id: %q) { discarded userErrors { code } } }`, id)
	for name, b := range map[string]*browser{"another author": bob, "an administrator": admin} {
		for _, headers := range [][]header{nil, {{"X-Perspective", "drafts"}}} {
			a, _ := b.query(t, asks, headers...)
			if a.Data["autosave"] != nil || a.Data["new"] != nil || len(a.Data["autosaves"].([]any)) > 0 || strings.Contains(b.body, canary) {
				t.Errorf("%s reads %s", name, b.body)
			}
		}
		if got := b.code(t, discard); got != "NOT_FOUND" {
			t.Errorf("%s discards it: %q", name, got)
		}
	}
	for name, by := range map[string]header{"a key of hers": {"Authorization", "Bearer " + key}, "an administrator's key": m.as(content.RoleAdmin), "nobody": {}} {
		for _, query := range []string{asks, discard, fmt.Sprintf(`mutation { entryAutosave(id: %q, baseRevision: 1, input: "{}") { userErrors { code } } }`, id)} {
			a, _, err := m.send(t.Context(), query, nil, by)
			if err != nil || len(a.Errors) == 0 || strings.Contains(fmt.Sprint(a), canary) {
				t.Errorf("%s: %s: %+v %v", name, query, a, err)
			}
		}
	}
	// A write by a key of hers ends nothing, and neither does one of another person.
	update := fmt.Sprintf(`mutation { patternUpdate(id: %q, input: {name: "Sagas"}) { userErrors { code } } }`, id)
	m.mustSend(t, update, nil, header{"Authorization", "Bearer " + key})
	bob.must(t, update)
	if got := ada.must(t, fmt.Sprintf(`{ autosave(id: %q) { input merge { conflicts { path yours } } } }`, id)); at(got, "autosave") == nil || len(at(got, "autosave", "merge", "conflicts").([]any)) != 1 {
		t.Errorf("after writes of others: %v", got)
	}
	ada.must(t, strings.Replace(update, "Sagas", canary, 1))
	if got := ada.must(t, fmt.Sprintf(`{ autosave(id: %q) { input } }`, id)); got["autosave"] != nil {
		t.Errorf("after her save: %v", got)
	}
}

// TestAutosavesEndWithTheRole lowers the role of a person and raises it again, and removes the person.
func TestAutosavesEndWithTheRole(t *testing.T) {
	m := newManned(t)
	ada, person := m.signIn(t, "author")
	id := m.saga(t)
	ada.autosave(t, id, canary)
	m.setRole(t, person, "PREVIEWER")
	eventually(t, func(context.Context) bool { return ada.role(t) == "PREVIEWER" })
	if got := ada.code(t, `{ autosaves { input } }`); got != "FORBIDDEN" {
		t.Errorf("as a previewer: %q", got)
	}
	m.setRole(t, person, "AUTHOR")
	eventually(t, func(context.Context) bool { return ada.role(t) == "AUTHOR" })
	if got := ada.must(t, `{ autosaves { input } }`); len(got["autosaves"].([]any)) > 0 {
		t.Errorf("as an author again: %v", got)
	}
	ada.autosave(t, id, canary)
	m.command(t, "users", "revoke", person)
	left, err := m.store(t).Autosaves(t.Context(), person)
	if err != nil || len(left) > 0 {
		t.Errorf("after the removal: %+v %v", left, err)
	}
}

// TestArgumentsOfAutosaves shows what is wrong with arguments of autosaves.
func TestArgumentsOfAutosaves(t *testing.T) {
	m := newManned(t)
	ada, _ := m.signIn(t, "author")
	id := m.saga(t)
	person := content.ID{Type: content.NonEntryPerson, Key: "x"}.String()
	for name, tt := range map[string]struct{ query, want string }{
		"nothing named":       {`mutation { entryAutosave(input: "{}") { userErrors { code } } }`, "INVALID"},
		"both":                {fmt.Sprintf(`mutation { entryAutosave(id: %q, draft: "d", input: "{}") { userErrors { code } } }`, id), "INVALID"},
		"an empty draft":      {`mutation { entryAutosave(draft: "", type: LAW, input: "{}") { userErrors { code } } }`, "INVALID"},
		"a long draft":        {fmt.Sprintf(`mutation { entryAutosave(draft: %q, type: LAW, input: "{}") { userErrors { code } } }`, strings.Repeat("d", 201)), "INVALID"},
		"the longest draft":   {fmt.Sprintf(`mutation { entryAutosave(draft: %q, type: LAW, input: "{}") { userErrors { code } } }`, strings.Repeat("d", 200)), ""},
		"a draft of no type":  {`mutation { entryAutosave(draft: "d", input: "{}") { userErrors { code } } }`, "REQUIRED"},
		"a person":            {fmt.Sprintf(`mutation { entryAutosave(id: %q, baseRevision: 1, input: "{}") { userErrors { code } } }`, person), "NOT_FOUND"},
		"no revision":         {fmt.Sprintf(`mutation { entryAutosave(id: %q, input: "{}") { userErrors { code } } }`, id), "REQUIRED"},
		"no JSON":             {fmt.Sprintf(`mutation { entryAutosave(id: %q, baseRevision: 1, input: "{") { userErrors { code } } }`, id), "INVALID"},
		"reading nothing":     {`{ autosave { input } }`, "BAD_USER_INPUT"},
		"reading both":        {fmt.Sprintf(`{ autosave(id: %q, draft: "d") { input } }`, id), "BAD_USER_INPUT"},
		"reading none":        {fmt.Sprintf(`{ autosave(id: %q) { input } }`, id), ""},
		"discarding none":     {fmt.Sprintf(`mutation { entryAutosaveDiscard(id: %q) { userErrors { code } } }`, id), "NOT_FOUND"},
		"discarding no entry": {fmt.Sprintf(`mutation { entryAutosaveDiscard(id: %q) { userErrors { code } } }`, person), "NOT_FOUND"},
	} {
		if got := ada.code(t, tt.query); got != tt.want {
			t.Errorf("%s: %q, want %q: %s", name, got, tt.want, ada.body)
		}
	}
}

// TestEditingPageRuns runs docs/editing.md from top to bottom as a person who is signed in.
func TestEditingPageRuns(t *testing.T) {
	m := newManned(t)
	ada, _ := m.signIn(t, "author")
	id := m.saga(t)
	ran, last, comment := 0, time.Time{}, any(nil)
	for _, b := range blocks(t) {
		if b.file != "docs/editing.md" {
			continue
		}
		ran++
		if strings.HasPrefix(b.query, "subscription") {
			query := strings.Replace(strings.Replace(b.query, "($id: ID!)", "", 1), "$id", fmt.Sprintf("%q", id), 1)
			if got := asks(t, ada.socket(t), query); !strings.Contains(got, "Ada author") {
				t.Errorf("%s\n%s", b.query, got)
			}
			continue
		}
		if strings.Contains(b.query, "$id") {
			b.variables = map[string]any{"id": id}
		}
		if strings.Contains(b.query, "$name") {
			b.variables = map[string]any{"name": comment}
		}
		a, resp := ada.queryWith(t, b.query, b.variables)
		if resp.StatusCode != http.StatusOK || len(a.Errors) > 0 {
			t.Errorf("%s\n%+v", b.query, a.Errors)
		}
		for _, payload := range a.Data {
			if object, ok := payload.(map[string]any); ok && object["userErrors"] != nil && len(object["userErrors"].([]any)) > 0 {
				t.Errorf("%s\n%v", b.query, object)
			}
		}
		if a.Data["entryCommentCreate"] != nil {
			comment = at(a.Data, "entryCommentCreate", "comment", "name")
		}
		if kept, ok := a.Data["entryAutosave"].(map[string]any); ok && at(kept, "autosave", "savedAt") != nil {
			saved, err := time.Parse(time.RFC3339, at(kept, "autosave", "savedAt").(string))
			if err != nil || saved.Before(last) {
				t.Errorf("saved at %v after %v (%v)", saved, last, err)
			}
			last = saved
		}
		if strings.Contains(b.query, "patternUpdate") {
			if left := ada.must(t, fmt.Sprintf(`{ autosave(id: %q) { input } }`, id)); left["autosave"] != nil {
				t.Errorf("after the save: %v", left)
			}
		}
	}
	if got := ada.must(t, `{ autosaves { draft } }`); ran < 11 || len(got["autosaves"].([]any)) > 0 {
		t.Errorf("%d examples leave %v", ran, got)
	}
}
