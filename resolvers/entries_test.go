package resolvers_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testTheListOfAllEntries lists drafts of two types, publishes what the list has, and undoes it.
func testTheListOfAllEntries(t *testing.T, d *desk) {
	t.Helper()
	d.do(t, `mutation {
		a: companyCreate(input: {slug: "quokka-works", name: "Quokka Wörks", summary: "A company.", kind: COMPANY, industry: "anvils"}) { userErrors { message } }
		b: pageCreate(input: {slug: "quokka/page", name: "A quokka", summary: "A page."}) { userErrors { message } }
	}`, nil)
	const filter = `filter: {text: "QUOKKA", author: ["writer"]}`
	list := d.do(t, `query { entries(`+filter+`, orderBy: {field: NAME}, first: 1) {
		totalCount digest nodes { name type status revision author scheduled resourcePath entry { slug } } pageInfo { endCursor hasNextPage }
		facets(fields: [STATUS, TYPE, SCHEDULED]) { field values { value label count } }
	} }`, nil)["entries"]
	want := []any{map[string]any{
		"name": "A quokka", "type": "PAGE", "status": "DRAFT", "revision": 1.0, "author": "writer", "scheduled": []any{},
		"resourcePath": "/quokka/page", "entry": map[string]any{"slug": "quokka/page"},
	}}
	if diff := cmp.Diff(want, at(list, "nodes")); diff != "" || at(list, "totalCount") != 2.0 || at(list, "pageInfo", "hasNextPage") != true {
		t.Errorf("listed %v (-want +got):\n%s", list, diff)
	}
	if got, want := fmt.Sprint(at(list, "facets")), "[map[field:STATUS values:[map[count:2 label:Draft value:DRAFT]]] map[field:TYPE values:[map[count:1 label:Company value:COMPANY] map[count:1 label:Page value:PAGE]]] map[field:SCHEDULED values:[]]]"; got != want {
		t.Errorf("facets %s, want %s", got, want)
	}
	next := d.do(t, fmt.Sprintf(`query { entries(`+filter+`, orderBy: {field: NAME}, after: %q) { edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage } } }`, at(list, "pageInfo", "endCursor")), nil)
	if got := at(next, "entries", "edges", "node", "name"); fmt.Sprint(got) != "Quokka Wörks" || at(next, "entries", "pageInfo", "hasPreviousPage") != true {
		t.Errorf("the next page is %v", next)
	}
	publish := func(count any) any {
		return d.do(t, fmt.Sprintf(`mutation { entriesPublish(`+filter+`, expected: {count: %v, digest: %q}) {
			count digest doneCount remainingCount problems { target entry { slug } userErrors { field code } } userErrors { field code } token
		} }`, count, at(list, "digest")), nil)["entriesPublish"]
	}
	refused := publish(3)
	if fmt.Sprint(at(refused, "userErrors")) != "[map[code:CONFLICT field:[expected]]]" || at(refused, "count") != 2.0 || at(refused, "token") != nil {
		t.Errorf("another count returns %v", refused)
	}
	done := publish(2)
	if at(done, "doneCount") != 2.0 || at(done, "remainingCount") != 0.0 || len(at(done, "problems").([]any)) != 0 {
		t.Fatalf("published: %v", done)
	}
	undone := d.do(t, fmt.Sprintf(`mutation { entriesUndo(token: %q) { count entries { status } kept problems { target } userErrors { code } } }`, at(done, "token")), nil)["entriesUndo"]
	if at(undone, "count") != 2.0 || fmt.Sprint(at(undone, "entries")) != "[map[status:DRAFT] map[status:DRAFT]]" {
		t.Errorf("undone: %v", undone)
	}
	again := d.do(t, fmt.Sprintf(`mutation { entriesUndo(token: %q) { count userErrors { code } } }`, at(done, "token")), nil)["entriesUndo"]
	if fmt.Sprint(at(again, "userErrors")) != "[map[code:CONFLICT]]" || at(again, "count") != nil {
		t.Errorf("undone again: %v", again)
	}
	gone := d.do(t, fmt.Sprintf(`mutation { entriesDelete(`+filter+`, expected: {count: 2, digest: %q}) { doneCount problems { userErrors { code } } userErrors { code } } }`, at(list, "digest")), nil)["entriesDelete"]
	if at(gone, "doneCount") != 2.0 {
		t.Errorf("deleted: %v", gone)
	}
}
