package hub_test

import (
	"strings"
	"testing"

	"patternhub/internal/content"
)

// TestWebhooksDoNotContainDrafts adds drafts of every type, deletes one, and then publishes an entry
// that refers to entries with changed drafts. That must be the first delivery, and it must contain
// nothing of the drafts.
func TestWebhooksDoNotContainDrafts(t *testing.T) {
	s := newStaffed(t, "--webhook-allow-private", "on")
	r := newReceiver(t)
	mustEndpoint(t, s.url, s.keys[content.RoleAdmin], map[string]any{"url": r.URL, "selection": `{
		name summary revision status ... on Pattern { body { markdown } tier { name summary patterns(first: 50) { totalCount nodes { name } } }
			laws { name patterns(first: 50) { nodes { name } } } relatedPatterns(first: 50, direction: BOTH) { totalCount nodes { name summary } } } }`})
	store := s.store(t)
	hideCanaries(t, store)
	if err := store.Delete(t.Context(), canary, content.ID{Type: content.TypeCompany, Key: canary}); err != nil {
		t.Fatal(err)
	}
	e := &editor{store}
	e.edit(t, "saga", "Saga, revised")
	d := r.wait(t)
	if !strings.Contains(d.body, `"slug":"saga"`) || !strings.Contains(d.body, "Saga, revised") {
		t.Errorf("the first delivery is %.500s", d.body)
	}
	if at := strings.Index(d.body, canary); at >= 0 {
		t.Errorf("a draft is delivered: ...%.200s", d.body[max(0, at-100):])
	}
	for name, values := range d.header {
		if strings.Contains(strings.Join(values, " "), canary) {
			t.Errorf("a draft is in the header %s", name)
		}
	}
	log := s.mustSend(t, `{ webhookDeliveries { totalCount } }`, nil, s.as(content.RoleAdmin))
	if n := at(log, "webhookDeliveries", "totalCount"); n != float64(1) {
		t.Errorf("%v deliveries were made of one publish", n)
	}
}
