package hub_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"patternhub/internal/content"
)

// settle makes a person with a role by an administrator and signs the person in.
func (m *manned) settle(t *testing.T, admin *browser, name string, role content.AccessRole) (who *browser, id string) {
	t.Helper()
	made := admin.must(t, fmt.Sprintf(`mutation { personInvite(input: {name: %q, accessRole: %s}) { person { id } link } }`, name, role))
	who = m.open()
	who.submit(t, "/sign-in/link", url.Values{"token": {token(t, at(made, "personInvite", "link").(string))}})
	return who, at(made, "personInvite", "person", "id").(string)
}

// TestAdministratorsManageKeys creates, lists and revokes keys, and shows that others manage only their own.
func TestAdministratorsManageKeys(t *testing.T) {
	m := newManned(t)
	admin, _ := m.signIn(t, "admin")
	ada, id := m.settle(t, admin, "Ada", content.RoleAuthor)
	ben, _ := m.settle(t, admin, "Ben", content.RoleAuthor)
	create := fmt.Sprintf(`mutation { keyCreate(input: {name: " lap\u0007 top ", accessRole: AUTHOR, person: %q, expiresAt: "2999-01-01T00:00:00Z"}) @idempotent(key: "one") {
		token key { id name accessRole expiresAt lastUsedAt revokedAt person { name } authorName author } userErrors { field message code } } }`, id)
	made := admin.must(t, create)
	secret, key := at(made, "keyCreate", "token").(string), at(made, "keyCreate", "key").(map[string]any)
	if key["name"] != "lap top" || key["accessRole"] != "AUTHOR" || at(key, "person", "name") != "Ada" || key["author"] == nil || key["authorName"] == nil || key["lastUsedAt"] != nil || key["expiresAt"] != "2999-01-01T00:00:00Z" {
		t.Errorf("the key is %v", key)
	}
	again := admin.must(t, create)
	if at(again, "keyCreate", "token") != nil || at(again, "keyCreate", "key", "id") != key["id"] {
		t.Errorf("the repetition returns %v", again)
	}
	bearer := header{"Authorization", "Bearer " + secret}
	if got := m.mustSend(t, `{ viewer { accessRole person { name } keys { name } } }`, nil, bearer); at(got, "viewer", "accessRole") != "AUTHOR" || len(at(got, "viewer", "keys").([]any)) != 0 {
		t.Errorf("with the key: %v", got)
	}
	if a, head, err := m.send(t.Context(), `mutation { keyCreate(input: {name: "a", accessRole: READER}) { token } }`, nil, m.as(content.RoleAdmin)); err != nil || at(a.Data, "keyCreate", "token") == nil || head.Get("Cache-Control") != "private, no-store" {
		t.Errorf("the answer with a token may be kept: %q, %+v, %v", head.Get("Cache-Control"), a, err)
	}
	for name, tt := range map[string]struct {
		from  *browser
		query string
		want  string
	}{
		"no name":          {admin, `mutation { keyCreate(input: {name: " \u0001", accessRole: READER}) { userErrors { code } } }`, "INVALID"},
		"a long name":      {admin, `mutation { keyCreate(input: {name: "` + strings.Repeat("a", 101) + `", accessRole: READER}) { userErrors { code } } }`, "INVALID"},
		"the past":         {admin, `mutation { keyCreate(input: {name: "a", accessRole: READER, expiresAt: "2020-01-01T00:00:00Z"}) { userErrors { code } } }`, "INVALID"},
		"above the person": {admin, fmt.Sprintf(`mutation { keyCreate(input: {name: "a", accessRole: PUBLISHER, person: %q}) { userErrors { code } } }`, id), "INVALID"},
		"of nobody known":  {admin, fmt.Sprintf(`mutation { keyCreate(input: {name: "a", accessRole: READER, person: %q}) { userErrors { code } } }`, content.ID{Type: content.NonEntryPerson, Key: "x"}), "NOT_FOUND"},
		"no key":           {admin, fmt.Sprintf(`mutation { keyRevoke(id: %q) { userErrors { code } } }`, content.ID{Type: content.NonEntryKey, Key: "x"}), "NOT_FOUND"},
		"not a key":        {admin, fmt.Sprintf(`mutation { keyRevoke(id: %q) { userErrors { code } } }`, id), "NOT_FOUND"},
		"an author":        {ada, `mutation { keyCreate(input: {name: "a", accessRole: READER}) { userErrors { code } } }`, "FORBIDDEN"},
		"an author's list": {ada, `{ keys { nodes { name } } }`, "FORBIDDEN"},
		"another's key":    {ben, fmt.Sprintf(`mutation { keyRevoke(id: %q) { userErrors { code } } }`, key["id"]), "NOT_FOUND"},
		"nobody":           {m.open(), fmt.Sprintf(`mutation { keyRevoke(id: %q) { userErrors { code } } }`, key["id"]), "UNAUTHENTICATED"},
	} {
		if got := tt.from.code(t, tt.query); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	node := func(b *browser) any {
		return b.must(t, fmt.Sprintf(`{ node(id: %q) { ... on ApiKey { name } } }`, key["id"]))["node"]
	}
	if node(admin) == nil || node(ada) == nil || node(ben) != nil || node(m.open()) != nil {
		t.Error("the node of a key is not for admins and its person")
	}
	if own := at(ada.must(t, `{ viewer { keys { name lastUsedAt person { name } } } }`), "viewer", "keys").([]any); len(own) != 1 || at(own[0], "lastUsedAt") == nil || at(own[0], "person", "name") != "Ada" {
		t.Errorf("Ada's keys: %v", own)
	}
	if own := at(ben.must(t, `{ viewer { keys { name } } }`), "viewer", "keys").([]any); len(own) != 0 {
		t.Errorf("Ben's keys: %v", own)
	}
	if got := at(ada.must(t, fmt.Sprintf(`mutation { keyRevoke(id: %q) { revoked userErrors { code } } }`, key["id"])), "keyRevoke", "revoked"); got != key["id"] {
		t.Errorf("revoked: %v", got)
	}
	eventually(t, func(ctx context.Context) bool {
		a, _, err := m.send(ctx, `{ viewer { accessRole } }`, nil, bearer)
		return err == nil && len(a.Errors) == 1 && a.Errors[0].Extensions.Code == "UNAUTHENTICATED"
	})
}

// TestKeysArePaged walks the list in both directions: each key comes once, the newest first.
func TestKeysArePaged(t *testing.T) {
	s := newStaffed(t) // with a key for each of five roles
	walk := func(size, cursor, from, more string) (names []string) {
		after := "null"
		for range 10 {
			got := at(s.mustSend(t, fmt.Sprintf(`{ keys(%s: 2, %s: %s) { totalCount nodes { name } pageInfo { %s %s } } }`, size, cursor, after, from, more), nil, s.as(content.RoleAdmin)), "keys").(map[string]any)
			if got["totalCount"] != 5.0 {
				t.Errorf("%v keys", got["totalCount"])
			}
			for _, n := range got["nodes"].([]any) {
				names = append(names, at(n, "name").(string))
			}
			if at(got, "pageInfo", more) == false {
				return names
			}
			after = fmt.Sprintf("%q", at(got, "pageInfo", from))
		}
		return names
	}
	if got := strings.Join(walk("first", "after", "endCursor", "hasNextPage"), " "); got != "ADMIN PUBLISHER AUTHOR PREVIEWER READER" {
		t.Errorf("forward: %s", got)
	}
	if got := strings.Join(walk("last", "before", "startCursor", "hasPreviousPage"), " "); got != "PREVIEWER READER PUBLISHER AUTHOR ADMIN" {
		t.Errorf("backward: %s", got)
	}
	for _, page := range []string{"first: 0", "first: 101", `after: "x"`, "first: 1, last: 1"} {
		if a, _, err := s.send(t.Context(), `{ keys(`+page+`) { totalCount nodes { name } } }`, nil, s.as(content.RoleAdmin)); err != nil || len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "BAD_USER_INPUT" {
			t.Errorf("%s: %+v, %v", page, a, err)
		}
	}
}
