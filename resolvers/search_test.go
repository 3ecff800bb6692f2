package resolvers_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/internal/content"
)

// found is the answer to a search.
type found struct {
	Search struct {
		TotalCount int
		Nodes      []struct{ ID string }
		PageInfo   struct {
			HasNextPage, HasPreviousPage bool
			EndCursor                    string
		}
	}
}

const searchPage = `query($q: String!, $first: Int, $after: String) {
  search(query: $q, first: $first, after: $after) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } }
}`

func (h *hub) search(t *testing.T, variables map[string]any) (found, *graphql.Response) {
	t.Helper()
	resp, _ := h.answer(t, h.schema, searchPage, variables)
	var out found
	if len(resp.Errors) == 0 {
		if err := json.Unmarshal(resp.Data, &out); err != nil {
			t.Fatal(err)
		}
	}
	return out, resp
}

func TestSearchPages(t *testing.T) {
	h := newHub(t)
	seen := map[string]bool{}
	variables := map[string]any{"q": "consensus", "first": int64(7)}
	pages, total := 0, 0
	for {
		got, resp := h.search(t, variables)
		if len(resp.Errors) > 0 {
			t.Fatal(resp.Errors)
		}
		if got.Search.PageInfo.HasPreviousPage != (pages > 0) {
			t.Errorf("page %d: hasPreviousPage is %t", pages, got.Search.PageInfo.HasPreviousPage)
		}
		for _, n := range got.Search.Nodes {
			if seen[n.ID] {
				t.Errorf("%s is on two pages", n.ID)
			}
			seen[n.ID] = true
		}
		pages, total = pages+1, got.Search.TotalCount
		variables["after"] = got.Search.PageInfo.EndCursor
		if !got.Search.PageInfo.HasNextPage {
			break
		}
	}
	if len(seen) != total || pages != (total+6)/7 || pages < 2 {
		t.Errorf("%d pages have %d hits of %d", pages, len(seen), total)
	}
	for name, changed := range map[string]map[string]any{
		"a cursor of another search": {"q": "saga", "after": variables["after"]},
		"a broken cursor":            {"q": "saga", "after": "x"},
		"a page too large":           {"q": "saga", "first": int64(101)},
		"an empty page":              {"q": "saga", "first": int64(0)},
	} {
		_, resp := h.search(t, changed)
		if len(resp.Errors) != 1 || content.CodeOf(resp.Errors[0].Err) != content.BadUserInput {
			t.Errorf("%s: %v, want BAD_USER_INPUT", name, resp.Errors)
		}
	}
}

func TestSuggestTakesNullForItsDefault(t *testing.T) {
	h := newHub(t)
	for _, arguments := range []string{"", ", first: null", ", first: 8"} {
		resp, commands := h.answer(t, h.schema, fmt.Sprintf(`{ suggest(prefix: "c"%s) { text } }`, arguments), nil)
		var out struct{ Suggest []struct{ Text string } }
		if err := json.Unmarshal(resp.Data, &out); err != nil {
			t.Fatal(err)
		}
		if len(resp.Errors) > 0 || len(out.Suggest) != 8 || commands != 0 {
			t.Errorf("%q: %d suggestions, %d commands, errors %v", arguments, len(out.Suggest), commands, resp.Errors)
		}
	}
}
