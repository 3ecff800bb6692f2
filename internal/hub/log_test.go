package hub_test

import (
	"regexp"
	"strings"
	"testing"

	"patternhub/internal/content"
)

// TestTheLogShowsWhoChangedWhat performs every act on one entry, with two keys.
func TestTheLogShowsWhoChangedWhat(t *testing.T) {
	s := newStaffed(t)
	made := s.author(t, content.RoleAuthor, `mutation { companyCreate(input: {slug: "acme", name: "Acme", summary: "Makes things.", kind: COMPANY, industry: "Tools"}) { company { id } userErrors { message } } }`, nil)
	id := map[string]any{"id": at(made, "company", "id")}
	s.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { userErrors { message } } }`, id)
	s.author(t, content.RoleAuthor, `mutation($id: ID!) { companyUpdate(id: $id, input: {slug: "acme-tools"}) { userErrors { message } } }`, id)
	s.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { userErrors { message } } }`, id)
	s.author(t, content.RolePublisher, `mutation($id: ID!) { entryUnpublish(ids: [$id]) { userErrors { message } } }`, id)
	s.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { userErrors { message } } }`, id)
	s.author(t, content.RolePublisher, `mutation($id: ID!) { entryDelete(ids: [$id]) { userErrors { message } } }`, id)
	s.author(t, content.RoleAdmin, `mutation { patternHealthRecord(input: {pattern: "saga", metric: GITHUB_STARS, month: "2026-01", value: 1}) { userErrors { message } } }`, nil)
	line := regexp.MustCompile(`(?m)^[0-9-]+ [0-9:]+ +[a-z0-9]{16} +`)
	out := s.command(t, "log", "--last", "8")
	var got []string
	for l := range strings.Lines(out) {
		if line.MatchString(l) {
			got = append(got, strings.Join(strings.Fields(line.ReplaceAllString(l, "")), " "))
		}
	}
	want := []string{
		"AUTHOR wrote COMPANY acme-tools 1", "PUBLISHER published COMPANY acme-tools 1", "AUTHOR wrote COMPANY acme-tools 2",
		"PUBLISHER published COMPANY acme-tools 2", "PUBLISHER unpublished COMPANY acme-tools 2", "PUBLISHER published COMPANY acme-tools 2",
		"PUBLISHER deleted COMPANY acme-tools 2", "ADMIN recorded HEALTH saga:GITHUB_STARS:2026-01 0",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the log is\n%s, want\n%s", out, strings.Join(want, "\n"))
	}
	if out := s.command(t, "log", "--by", "unknown"); strings.Count(out, "\n") != 1 {
		t.Errorf("the acts of an unknown author are\n%s", out)
	}
	if out := s.command(t, "log", "--type", "law", "--last", "3"); strings.Count(out, " published  LAW ") != 3 {
		t.Errorf("of laws it shows\n%s", out)
	}
}
