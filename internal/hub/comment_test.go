package hub_test

import (
	"fmt"
	"strings"
	"testing"

	"patternhub/internal/content"
)

// TestCommentsOnEntries writes, resolves and deletes comments as people and keys. Readers see nothing of them, and no
// published answer changes.
func TestCommentsOnEntries(t *testing.T) {
	m := newManned(t)
	ada, person := m.signIn(t, "previewer")
	bob, _ := m.signIn(t, "author")
	admin, _ := m.signIn(t, "admin")
	id := m.saga(t)
	store := m.store(t)
	before, err := store.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	made := ada.must(t, fmt.Sprintf(`mutation { entryCommentCreate(id: %q, field: "problem", text: "Why %s?") @idempotent(key: "c") { comment { name target field text author authorName createdAt resolvedAt resolvedBy } userErrors { code } } }`, id, canary))
	comment := at(made, "entryCommentCreate", "comment").(map[string]any)
	if comment["author"] != person || comment["authorName"] != "Ada previewer" || comment["field"] != "problem" || comment["target"] != id || comment["resolvedAt"] != nil || comment["resolvedBy"] != nil {
		t.Errorf("the comment: %v", comment)
	}
	name := comment["name"].(string)
	again := ada.must(t, fmt.Sprintf(`mutation { entryCommentCreate(id: %q, field: "problem", text: "Why %s?") @idempotent(key: "c") { comment { name } userErrors { code } } }`, id, canary))
	if at(again, "entryCommentCreate", "comment", "name") != name {
		t.Errorf("written twice: %v", again)
	}
	list := func(b *browser, resolved bool) []any {
		t.Helper()
		return b.must(t, fmt.Sprintf(`{ entryComments(id: %q, resolved: %v) { name text resolvedBy } }`, id, resolved))["entryComments"].([]any)
	}
	if got := list(bob, false); len(got) != 1 || !strings.Contains(fmt.Sprint(got), canary) {
		t.Errorf("Bob reads %v", got)
	}
	resolve := fmt.Sprintf(`mutation { entryCommentResolve(name: %q) { comment { resolvedAt } userErrors { code } } }`, name)
	bob.must(t, resolve)
	if len(list(ada, false)) != 0 || len(list(ada, true)) != 1 {
		t.Errorf("after it was resolved: %v", list(ada, true))
	}
	bob.must(t, strings.Replace(resolve, "name:", "resolved: false, name:", 1))
	if got := list(ada, false); len(got) != 1 || at(got[0], "resolvedBy") != nil {
		t.Errorf("after it was opened again: %v", got)
	}
	for _, query := range []string{fmt.Sprintf(`{ entryComments(id: %q) { text } }`, id), fmt.Sprintf(`{ node(id: %q) { ... on Pattern { name problem } } search(query: %q) { nodes { name } } }`, id, canary)} {
		for _, role := range []content.AccessRole{"", content.RoleReader} {
			if a, _, err := m.send(t.Context(), query, nil, m.as(role)); err != nil || strings.Contains(fmt.Sprint(a), canary) {
				t.Errorf("%s as %q: %+v %v", query, role, a, err)
			}
		}
	}
	if after, err := store.LastSeq(t.Context()); err != nil || after != before {
		t.Errorf("comments are in the change log: %d after %d (%v)", after, before, err)
	}
	remove := fmt.Sprintf(`mutation { entryCommentDelete(name: %q) { deleted userErrors { code } } }`, name)
	key, _, _ := strings.Cut(m.command(t, "keys", "create", "--role", "previewer", "--person", person, "--name", "laptop"), "\n")
	for _, step := range []struct {
		name string
		got  func() string
		want string
	}{
		{"an author of others", func() string { return bob.code(t, remove) }, "NOT_ALLOWED"},
		{"another key", func() string {
			return fmt.Sprint(m.mustSend(t, remove, nil, m.as(content.RolePublisher))["entryCommentDelete"])
		}, "map[deleted:<nil> userErrors:[map[code:NOT_ALLOWED]]]"},
		{"a key of hers", func() string {
			return fmt.Sprint(m.mustSend(t, remove, nil, header{"Authorization", "Bearer " + key})["entryCommentDelete"])
		}, fmt.Sprintf("map[deleted:%s userErrors:[]]", name)},
		{"an administrator, too late", func() string { return admin.code(t, remove) }, "NOT_FOUND"},
		{"resolved too late", func() string { return admin.code(t, resolve) }, "NOT_FOUND"},
	} {
		if got := step.got(); got != step.want {
			t.Errorf("%s: %q, want %q", step.name, got, step.want)
		}
	}
}

// TestArgumentsOfComments shows the bounds of comments.
func TestArgumentsOfComments(t *testing.T) {
	m := newManned(t)
	ada, _ := m.signIn(t, "previewer")
	id := m.saga(t)
	for name, tt := range map[string]struct{ id, rest, want string }{
		"the longest text":        {id, fmt.Sprintf(`text: %q`, strings.Repeat("ä", content.MaxCommentLength)), ""},
		"a longer text":           {id, fmt.Sprintf(`text: %q`, strings.Repeat("ä", content.MaxCommentLength+1)), "TOO_LONG"},
		"no text":                 {id, `text: " \n"`, "REQUIRED"},
		"control characters":      {id, `text: "\u0007"`, "INVALID"},
		"a field of another type": {id, `text: "x", field: "criteria"`, "INVALID"},
		"no entry":                {content.ID{Type: content.TypeLaw, Key: "no"}.String(), `text: "x"`, "NOT_FOUND"},
		"a person":                {content.ID{Type: content.NonEntryPerson, Key: "no"}.String(), `text: "x"`, "NOT_FOUND"},
	} {
		if got := ada.code(t, fmt.Sprintf(`mutation { entryCommentCreate(id: %q, %s) { userErrors { code } } }`, tt.id, tt.rest)); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
