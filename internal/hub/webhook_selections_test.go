package hub_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/mongodb/mongotest"
)

// shown is the part of a payload that a selection determines.
type shown struct {
	Type string
	Data struct {
		Slug     string
		Revision int
		Entry    any
	}
}

func (d delivery) shown(t *testing.T) shown {
	t.Helper()
	var s shown
	if err := json.Unmarshal([]byte(d.body), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

const logOf = `query ($e: ID!) { webhookDeliveries(filter: {endpoint: $e}, first: 100) {
	nodes { id status body nextAt attempts { statusCode error } entry } } }`

// attempted returns the log of an endpoint once one delivery has that many attempts.
func (s *service) attempted(t *testing.T, key, id string, n int) []any {
	t.Helper()
	for t.Context().Err() == nil {
		a := as(t, s.url, key, logOf, map[string]any{"e": id})
		if len(a.Errors) > 0 {
			t.Fatalf("%+v", a.Errors)
		}
		nodes := at(a.Data, "webhookDeliveries", "nodes").([]any)
		for _, d := range nodes {
			if len(at(d, "attempts").([]any)) >= n {
				return nodes
			}
		}
	}
	return nil
}

// TestForbiddenFieldsAreNullInPayloads selects fields that readers may not see: they are null
// in the delivery, as in a reader's answer.
func TestForbiddenFieldsAreNullInPayloads(t *testing.T) {
	uri, database := mongotest.Open(t)
	for _, engine := range []string{"on", "off"} {
		t.Run("engine "+engine, func(t *testing.T) {
			s := start(t, "--mongodb-uri", uri, "--mongodb-database", database, "--webhook-allow-private", "on", "--engine", engine)
			s.mustHear(t, "^Ready")
			key, e, r := adminKey(t, uri, database), newEditor(t, uri, database), newReceiver(t)
			id, _ := mustEndpoint(t, s.url, key, map[string]any{"url": r.URL, "selection": "{ name revisions { totalCount } ... on Pattern { tier { name revisions { nodes { author } } } } }"})
			for i := range 3 {
				name := fmt.Sprint("Saga ", engine, i)
				e.edit(t, "saga", name)
				if got := fmt.Sprint(r.wait(t).shown(t).Data.Entry); got != "map[name:"+name+" revisions:<nil> tier:map[name:Gold revisions:<nil>]]" {
					t.Errorf("got %s", got)
				}
			}
			as(t, s.url, key, `mutation ($id: ID!) { webhookEndpointDelete(id: $id) { deleted } }`, map[string]any{"id": id})
		})
	}
}

// TestSelectionsThatCanNeverBeAnsweredAreRefused selects fields with invalid arguments, directly
// and behind relations, when an endpoint is created and when it is changed.
func TestSelectionsThatCanNeverBeAnsweredAreRefused(t *testing.T) {
	uri, database := mongotest.Open(t)
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database)
	s.mustHear(t, "^Ready")
	key := adminKey(t, uri, database)
	id, _ := mustEndpoint(t, s.url, key, map[string]any{"url": "https://example.org/stored", "selection": "{ name }"})
	const pages = "first and last must be from 1 to 100."
	for name, tt := range map[string]struct{ selection, message string }{
		"page too large":     {`{ ... on Pattern { relatedPatterns(first: 1000) { totalCount } } }`, "The selection fails at relatedPatterns: " + pages},
		"page too small":     {`{ ... on Tier { patterns(last: 0) { totalCount } } }`, "The selection fails at patterns: " + pages},
		"behind a relation":  {`{ ... on Pattern { tier { patterns(first: 1) { nodes { laws { patterns(first: 101) { totalCount } } } } } } }`, "patterns: " + pages},
		"both ends":          {`{ ... on Pattern { relatedPatterns(first: 1, last: 1) { totalCount } } }`, "The selection fails at relatedPatterns: Give first or last, not both."},
		"no cursor":          {`{ ... on Pattern { relatedPatterns(after: "x") { totalCount } } }`, "This is not a cursor of this hub"},
		"aliased":            {`{ ... on Pattern { mine: relatedPatterns(after: "x") { totalCount } } }`, "The selection fails at mine: "},
		"too costly":         {`{ ... on Tier { patterns(first: 100) { nodes { relatedPatterns(first: 100) { nodes { relatedPatterns(first: 100) { nodes { name } } } } } } } }`, "may return"},
		"unknown field":      {`{ nope }`, "nope"},
		"unknown type":       {`{ ... on Nope { name } }`, "Nope"},
		"no entry":           {`{ ... on WebhookEndpoint { url } }`, "WebhookEndpoint"},
		"variable":           {`{ name @include(if: $x) }`, "x"},
		"fragment":           {`{ ...F }`, "F"},
		"argument of a type": {`{ ... on Pattern { relatedPatterns(first: "many") { totalCount } } }`, "many"},
		"empty":              {`{ }`, "A selection is a selection set on an entry"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, mutation := range []string{
				`mutation ($s: String) { it: webhookEndpointCreate(input: {url: "https://example.org", selection: $s}) { endpoint { id } userErrors { field code message } } }`,
				`mutation ($s: String) { it: webhookEndpointCreate(input: {url: "https://example.org", selection: $s}) @idempotent(key: "` + name + `") { endpoint { id } userErrors { field code message } } }`,
				`mutation ($s: String) { it: webhookEndpointUpdate(id: "` + id + `", input: {selection: $s}) { endpoint { id } userErrors { field code message } } }`,
			} {
				a := as(t, s.url, key, mutation, map[string]any{"s": tt.selection})
				if len(a.Errors) > 0 || at(a.Data, "it", "endpoint") != nil {
					t.Fatalf("got %+v", a)
				}
				wrong := at(a.Data, "it", "userErrors").([]any)
				if len(wrong) != 1 || fmt.Sprint(at(wrong[0], "field")) != "[input selection]" || at(wrong[0], "code") != "INVALID" || !strings.Contains(at(wrong[0], "message").(string), tt.message) {
					t.Errorf("got %v, want %s", wrong, tt.message)
				}
			}
		})
	}
	stored := as(t, s.url, key, `{ webhookEndpoints { selection } }`, nil)
	if got := fmt.Sprint(at(stored.Data, "webhookEndpoints")); got != "[map[selection:{ name }]]" {
		t.Errorf("stored is %s", got)
	}
	// Fields that only some viewers see, or that only some types have, can be selected.
	for _, selection := range []string{`{ __typename revisions { totalCount } }`, `{ ... on Tier { patterns(first: 100) { nodes { name } } } } # all`, `{ ... on Node { id } }`} {
		if a := as(t, s.url, key, `mutation ($s: String) { it: webhookEndpointCreate(input: {url: "https://example.org", selection: $s}) @idempotent(key: "`+fmt.Sprintf("%x", selection)+`") { endpoint { id } userErrors { message } } }`,
			map[string]any{"s": selection}); len(a.Errors) > 0 || at(a.Data, "it", "endpoint") == nil {
			t.Errorf("%s: %+v", selection, a)
		}
	}
}

// TestSelectionsOfOlderReleasesFail has endpoints whose selections would be refused today: each
// change is an attempt with a reason, and other endpoints are not affected.
func TestSelectionsOfOlderReleasesFail(t *testing.T) {
	uri, database := mongotest.Open(t)
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database, "--webhook-allow-private", "on")
	s.mustHear(t, "^Ready")
	key, e, r := adminKey(t, uri, database), newEditor(t, uri, database), newReceiver(t)
	ids := map[string]string{}
	reasons := map[string]string{
		"{ nope }": `The payload could not be made: Cannot query field "nope"`,
		`{ ... on Pattern { relatedPatterns(first: 1000) { totalCount } } }`: "The payload could not be made: The selection fails at relatedPatterns: first and last must be from 1 to 100.",
	}
	for selection := range reasons {
		id, _ := mustEndpoint(t, s.url, key, map[string]any{"url": r.URL, "types": []string{"PATTERN"}})
		ids[selection] = id
		list, err := e.store.Endpoints(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		last := list[len(list)-1]
		last.Selection = &selection
		if err := e.store.PutEndpoint(t.Context(), last); err != nil {
			t.Fatal(err)
		}
	}
	e.edit(t, "saga", "Saga, revised")
	for selection, want := range reasons {
		log := s.attempted(t, key, ids[selection], 1)
		a := at(log[0], "attempts").([]any)[0]
		if reason, _ := at(a, "error").(string); at(log[0], "body") != nil || at(log[0], "nextAt") == nil || !strings.HasPrefix(reason, want) {
			t.Errorf("%s: %v", selection, log)
		}
	}
	// After a correction the waiting change is delivered before the one after it.
	const bad = `{ ... on Pattern { relatedPatterns(first: 1000) { totalCount } } }`
	as(t, s.url, key, `mutation ($id: ID!) { webhookEndpointDelete(id: $id) { deleted } }`, map[string]any{"id": ids["{ nope }"]})
	e.edit(t, "saga", "Saga, revised again")
	a := as(t, s.url, key, `mutation ($id: ID!) { webhookEndpointUpdate(id: $id, input: {selection: "{ name }"}) { endpoint { id } userErrors { message } } }`, map[string]any{"id": ids[bad]})
	if len(a.Errors) > 0 || at(a.Data, "webhookEndpointUpdate", "endpoint") == nil {
		t.Fatalf("%+v", a)
	}
	for _, name := range []string{"Saga, revised", "Saga, revised again"} {
		if got := r.wait(t).shown(t).Data.Entry; at(got, "name") != name {
			t.Errorf("got %v, want %s", got, name)
		}
	}
}

// TestEntriesThatLeaveBeforeTheirDelivery creates and deletes entries while the hub is stopped: the
// publish is delivered with the entry as it was or, if that is not possible, with null; then the
// unpublish is delivered.
func TestEntriesThatLeaveBeforeTheirDelivery(t *testing.T) {
	uri, database := mongotest.Open(t)
	args := []string{"--mongodb-uri", uri, "--mongodb-database", database, "--webhook-allow-private", "on"}
	s := start(t, args...)
	s.mustHear(t, "^Ready")
	key, e := adminKey(t, uri, database), newEditor(t, uri, database)
	own, related := newReceiver(t), newReceiver(t)
	for r, selection := range map[*receiver]string{own: "{ name }", related: "{ name ... on FailureStudy { company { name } } }"} {
		mustEndpoint(t, s.url, key, map[string]any{"url": r.URL, "types": []string{"FAILURE_STUDY"}, "selection": selection})
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	company := &content.Company{Meta: content.Meta{Type: content.TypeCompany, Key: "fleeting", Slug: "fleeting", Name: "Fleeting", Summary: "It leaves."}}
	study := &content.FailureStudy{
		Meta:       content.Meta{Type: content.TypeFailureStudy, Key: "fleeting", Slug: "fleeting", Name: "Fleeting", Summary: "It leaves too."},
		CompanyKey: "fleeting",
	}
	for _, x := range []content.Entry{company, study} {
		if _, err := e.store.Put(t.Context(), "editor", x); err != nil {
			t.Fatal(err)
		}
		if _, err := e.store.Publish(t.Context(), "editor", x.ID()); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.store.Delete(t.Context(), "editor", study.ID(), company.ID()); err != nil {
		t.Fatal(err)
	}
	start(t, args...).mustHear(t, "^Ready")
	for name, tt := range map[string]struct {
		r    *receiver
		want string
	}{
		"its own fields":   {own, "map[name:Fleeting]"},
		"deleted relation": {related, "<nil>"},
	} {
		t.Run(name, func(t *testing.T) {
			published, left := tt.r.wait(t).shown(t), tt.r.wait(t).shown(t)
			if published.Type != "entry.published" || published.Data.Slug != "fleeting" || fmt.Sprint(published.Data.Entry) != tt.want {
				t.Errorf("first came %+v", published)
			}
			if left.Type != "entry.unpublished" || left.Data.Slug != "fleeting" || left.Data.Entry != nil {
				t.Errorf("then came %+v", left)
			}
		})
	}
}
