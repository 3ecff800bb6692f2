package auth_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"patternhub/internal/auth"
	"patternhub/internal/content"
)

// needed samples the contract's table of roles: at least one field of each kind.
func needed() map[string]content.AccessRole {
	return map[string]content.AccessRole{
		"Query.patterns": "READER", "Query.pattern": "READER", "Query.caseStudies": "READER", "Query.quickStart": "READER", "Query.failures": "READER",
		"Query.failure": "READER", "Query.search": "READER", "Query.sync": "READER", "Query.patternImpact": "READER", "Query.__typename": "READER", "Query.__schema": "READER",
		"Subscription.entryChanged": "READER", "Entry.revisions": "PREVIEWER", "Query.brokenReferences": "PREVIEWER", "Query.entrySchedules": "PREVIEWER", "Query.release": "PREVIEWER", "Query.releases": "PREVIEWER",
		"Mutation.releaseCreate": "PUBLISHER", "Mutation.releaseUpdate": "PUBLISHER", "Mutation.releaseDelete": "PUBLISHER", "Mutation.releasePublish": "PUBLISHER",
		"Mutation.releaseSchedule": "PUBLISHER", "Mutation.releaseUnschedule": "PUBLISHER", "Mutation.releaseUndo": "PUBLISHER",
		"Mutation.previewTokenCreate": "PREVIEWER", "Mutation.previewCreate": "PREVIEWER", "Mutation.previewRevoke": "PREVIEWER", "Query.previews": "PREVIEWER", "Mutation.patternCreate": "AUTHOR", "Mutation.caseStudyUpdate": "AUTHOR", "Mutation.entryRestore": "AUTHOR",
		"Query.entryComments": "PREVIEWER", "Mutation.entryCommentCreate": "PREVIEWER", "Mutation.entryCommentDelete": "PREVIEWER",
		"Query.autosave": "AUTHOR", "Query.autosaves": "AUTHOR", "Mutation.entryAutosave": "AUTHOR", "Mutation.entryAutosaveDiscard": "AUTHOR", "Mutation.presenceBeat": "AUTHOR", "Subscription.entryPresence": "READER",
		"Mutation.entryPublish": "PUBLISHER", "Mutation.entryUnpublish": "PUBLISHER", "Mutation.entryDelete": "PUBLISHER",
		"Mutation.entrySchedulePublish": "PUBLISHER", "Mutation.entryScheduleUnpublish": "PUBLISHER", "Mutation.entriesUndo": "PUBLISHER",
		"Mutation.entriesPublish": "PUBLISHER", "Mutation.entriesUnpublish": "PUBLISHER", "Mutation.entriesDelete": "PUBLISHER", "Mutation.entriesSchedule": "PUBLISHER", "Query.entries": "PREVIEWER",
		"Mutation.somethingNew": "ADMIN", "Query.somethingNew": "ADMIN", "Mutation.patterns": "ADMIN", "Query.patternCreate": "ADMIN",
	}
}

// TestRolesThatFieldsNeed compares samples with the contract. A field that is new needs an administrator
// until it has a row.
func TestRolesThatFieldsNeed(t *testing.T) {
	a := auth.NewAccess()
	for row, want := range needed() {
		object, field, _ := strings.Cut(row, ".")
		if got := a.Needs(object, field); got != want {
			t.Errorf("%s needs %s, want %s", row, got, want)
		}
	}
}

// TestOnlyFieldsWithARowAreKnown shows that Known is false for a field without a row, although Needs
// returns a role for it.
func TestOnlyFieldsWithARowAreKnown(t *testing.T) {
	a := auth.NewAccess()
	for _, row := range a.Rows() {
		if object, field, ok := strings.Cut(row, "."); !ok || !a.Known(object, field) {
			t.Errorf("row %q is not known", row)
		}
	}
	if a.Known("Query", "somethingNew") || a.Known("Query", "patternCreate") || a.Known("", "") {
		t.Error("a field without a row is known")
	}
}

// TestEveryTypeIsReadByAllAndWrittenByAuthors fails when a type of entries is added without rows for its
// mutations.
func TestEveryTypeIsReadByAllAndWrittenByAuthors(t *testing.T) {
	a := auth.NewAccess()
	for _, et := range content.Types() {
		name := strings.ToLower(et.Name()[:1]) + et.Name()[1:]
		for _, field := range []string{name + "Create", name + "Update"} {
			if !a.Known("Mutation", field) || a.Needs("Mutation", field) != content.RoleAuthor {
				t.Errorf("Mutation.%s needs %s", field, a.Needs("Mutation", field))
			}
		}
	}
}

// TestChecksFollowTheMatrix tries every role on every row, with a key and without.
func TestChecksFollowTheMatrix(t *testing.T) {
	a := auth.NewAccess()
	rows := append(a.Rows(), "Mutation.unknown")
	if sorted := slices.Sorted(slices.Values(rows)); len(slices.Compact(sorted)) != len(rows) {
		t.Error("a row appears twice")
	}
	roles := content.AccessRole("").Values()
	for _, row := range rows {
		object, field, _ := strings.Cut(row, ".")
		need := slices.Index(roles, string(a.Needs(object, field)))
		for rank, role := range roles {
			v := &content.Viewer{AccessRole: content.AccessRole(role), Key: &content.APIKey{}}
			want := content.Code("")
			if rank < need {
				want = content.Forbidden
			}
			if got := content.CodeOf(a.Check(v, object, field)); got != want {
				t.Errorf("%s for a key of %s: %q, want %q", row, role, got, want)
			}
		}
		want := content.Code("")
		if need > 0 {
			want = content.Unauthenticated
		}
		if got := content.CodeOf(a.Check(&content.Viewer{AccessRole: content.RoleReader}, object, field)); got != want {
			t.Errorf("%s without a key: %q, want %q", row, got, want)
		}
	}
}

// TestRefusalsSayWhatIsNeeded shows that a message names a key only to a viewer without one.
func TestRefusalsSayWhatIsNeeded(t *testing.T) {
	a := auth.NewAccess()
	for name, tt := range map[string]struct {
		viewer content.Viewer
		want   string
	}{
		"no key":    {content.Viewer{AccessRole: content.RoleReader}, "entryPublish needs an API key with the role publisher or above."},
		"an author": {content.Viewer{AccessRole: content.RoleAuthor, Key: &content.APIKey{}}, "entryPublish needs the role publisher or above."},
		"a preview": {content.Viewer{AccessRole: content.RolePreviewer}, "entryPublish needs an API key with the role publisher or above."},
		"no role":   {content.Viewer{}, "entryPublish needs an API key with the role publisher or above."},
	} {
		t.Run(name, func(t *testing.T) {
			if err := a.Check(&tt.viewer, "Mutation", "entryPublish"); err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestEachRoleCoversTheLesserOnes draws pairs of roles: whatever the lesser one may do, the greater one
// may do too.
func TestEachRoleCoversTheLesserOnes(t *testing.T) {
	a := auth.NewAccess()
	roles := content.AccessRole("").Values()
	rapid.Check(t, func(t *rapid.T) {
		object, field, _ := strings.Cut(rapid.SampledFrom(a.Rows()).Draw(t, "row"), ".")
		lesser := rapid.IntRange(0, len(roles)-1).Draw(t, "lesser")
		greater := rapid.IntRange(lesser, len(roles)-1).Draw(t, "greater")
		may := func(i int) bool {
			return a.Check(&content.Viewer{AccessRole: content.AccessRole(roles[i]), Key: &content.APIKey{}}, object, field) == nil
		}
		if may(lesser) && !may(greater) {
			t.Errorf("%s may %s.%s and %s may not", roles[lesser], object, field, roles[greater])
		}
	})
}
