package hub_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"patternhub/internal/content"
)

// TestTheLogIsAQuery filters and pages the log of a few acts over GraphQL.
func TestTheLogIsAQuery(t *testing.T) {
	m := newManned(t)
	admin, _ := m.signIn(t, "admin")
	ada, person := m.settle(t, admin, "Ada", content.RolePublisher)
	made := ada.must(t, `mutation { companyCreate(input: {slug: "acme", name: "Acme", summary: "Makes things.", kind: COMPANY, industry: "Tools"}) { company { id } } }`)
	id := at(made, "companyCreate", "company", "id").(string)
	ada.must(t, fmt.Sprintf(`mutation { entryPublish(ids: [%q]) { token } }`, id))
	key := admin.must(t, fmt.Sprintf(`mutation { keyCreate(input: {name: "laptop", accessRole: PUBLISHER, person: %q}) { token key { id } } }`, person))
	laptop := header{"Authorization", "Bearer " + at(key, "keyCreate", "token").(string)}
	m.mustSend(t, fmt.Sprintf(`mutation { companyUpdate(id: %q, input: {name: "Acme Tools"}) { token } }`, id), nil, laptop)
	m.mustSend(t, fmt.Sprintf(`mutation { entryUnpublish(ids: [%q]) { token } }`, id), nil, laptop)
	between := time.Now().UTC().Format(time.RFC3339Nano)
	m.mustSend(t, fmt.Sprintf(`mutation { entryDelete(ids: [%q]) { userErrors { message } } }`, id), nil, m.as(content.RolePublisher))
	m.mustSend(t, `mutation { patternHealthRecord(input: {pattern: "saga", metric: GITHUB_STARS, month: "2026-01", value: 1}) { userErrors { message } } }`, nil, m.as(content.RoleAdmin))

	key0, err := content.ParseID(person)
	if err != nil {
		t.Fatal(err)
	}
	laptopID, err := content.ParseID(at(key, "keyCreate", "key", "id").(string))
	if err != nil {
		t.Fatal(err)
	}
	show := func(args string) string {
		var out []string
		got := at(m.mustSend(t, `{ log(`+args+`) { totalCount nodes { at operation authorName type key revision target entry { slug } } } }`, nil, m.as(content.RolePreviewer)), "log").(map[string]any)
		for _, n := range got["nodes"].([]any) {
			out = append(out, fmt.Sprintf("%v %v %v", at(n, "authorName"), at(n, "operation"), at(n, "revision")))
		}
		return fmt.Sprintf("%s (%v)", strings.Join(out, ", "), got["totalCount"])
	}
	all := "PUBLISHER DELETED 2, Ada by laptop UNPUBLISHED 2, Ada by laptop WROTE 2, Ada PUBLISHED 1, Ada WROTE 1 (5)"
	for name, tt := range map[string]struct{ args, want string }{
		"of the entry":  {fmt.Sprintf(`filter: {entry: %q}`, id), all},
		"of the person": {fmt.Sprintf(`filter: {authors: [%q]}`, key0.Key), all[len("PUBLISHER DELETED 2, "):len(all)-3] + "(4)"},
		"of the key":    {fmt.Sprintf(`filter: {authors: [%q]}`, laptopID.Key), "Ada by laptop UNPUBLISHED 2, Ada by laptop WROTE 2 (2)"},
		"deleted":       {`filter: {operations: [DELETED]}`, "PUBLISHER DELETED 2 (1)"},
		"unpublished":   {`filter: {operations: [UNPUBLISHED]}`, "Ada by laptop UNPUBLISHED 2 (1)"},
		"recorded":      {fmt.Sprintf(`filter: {operations: [RECORDED], from: %q}`, between), "ADMIN RECORDED 0 (1)"},
		"since":         {fmt.Sprintf(`filter: {from: %q}`, between), "ADMIN RECORDED 0, PUBLISHER DELETED 2 (2)"},
		"until":         {fmt.Sprintf(`filter: {types: [COMPANY], to: %q, entry: %q}`, between, id), all[len("PUBLISHER DELETED 2, "):len(all)-3] + "(4)"},
		"nobody":        {`filter: {authors: []}`, " (0)"},
		"a stranger":    {`filter: {authors: ["import"]}`, " (0)"},
		"first":         {fmt.Sprintf(`first: 2, filter: {entry: %q}`, id), "PUBLISHER DELETED 2, Ada by laptop UNPUBLISHED 2 (5)"},
		"last":          {fmt.Sprintf(`last: 2, filter: {entry: %q}`, id), "Ada PUBLISHED 1, Ada WROTE 1 (5)"},
		"of a type":     {`first: 1, filter: {types: [COMPANY], operations: [DELETED]}`, "PUBLISHER DELETED 2 (1)"},
	} {
		if got := show(tt.args); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	for _, b := range blocks(t) {
		if strings.Contains(b.query, "query Log(") {
			if got := at(m.mustSend(t, b.query, map[string]any{"since": between}, m.as(content.RolePreviewer)), "log", "nodes").([]any); len(got) != 1 {
				t.Errorf("the example of %s returns %v", b.file, got)
			}
		}
	}
	after, walked := "null", 0
	for more := true; more; {
		got := m.mustSend(t, fmt.Sprintf(`{ log(first: 2, after: %s, filter: {entry: %q}) { nodes { at } pageInfo { endCursor hasNextPage } } }`, after, id), nil, m.as(content.RolePreviewer))
		walked += len(at(got, "log", "nodes").([]any))
		more, after = at(got, "log", "pageInfo", "hasNextPage").(bool), fmt.Sprintf("%q", at(got, "log", "pageInfo", "endCursor"))
	}
	if walked != 5 {
		t.Errorf("%d acts on all pages", walked)
	}
	many := `"` + strings.Repeat(`a", "`, 100) + `a"`
	for _, args := range []string{`first: 101`, `filter: {authors: [` + many + `]}`} {
		if a, _, err := m.send(t.Context(), `{ log(`+args+`) { nodes { at } } }`, nil, m.as(content.RolePreviewer)); err != nil || len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "BAD_USER_INPUT" {
			t.Errorf("%.30s: %+v, %v", args, a, err)
		}
	}
	lines := strings.Split(strings.TrimSpace(m.command(t, "log", "--json", "--last", "0")), "\n")
	var last struct{ Operation, Type, Key, AuthorName string }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Operation != "RECORDED" || last.AuthorName != "ADMIN" {
		t.Errorf("the last line is %s (%v)", lines[len(lines)-1], err)
	}
	if total := at(m.mustSend(t, `{ log { totalCount } }`, nil, m.as(content.RoleAdmin)), "log", "totalCount"); total != float64(len(lines)) {
		t.Errorf("%d lines and %v acts", len(lines), total)
	}
}
