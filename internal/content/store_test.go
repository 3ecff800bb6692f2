package content_test

import (
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/content/contenttest"
)

func TestGraphHasAReaderForEveryType(t *testing.T) {
	g := &content.Graph{Collections: contenttest.Collections()}
	if got, want := len(g.Readers()), len(content.Types()); got != want {
		t.Errorf("%d readers for %d types", got, want)
	}
	for _, et := range content.Types() {
		if r := g.Reader(et); r == nil || r.Type() != et {
			t.Errorf("%s has the reader %v", et, r)
		}
	}
	for _, et := range []content.EntryType{"", "NONE", content.NonEntryHealth} {
		if r := g.Reader(et); r != nil {
			t.Errorf("%q has the reader %v", et, r)
		}
	}
}

func TestTypesThatAreNoEntryTypes(t *testing.T) {
	for _, et := range content.Types() {
		if !et.IsEntry() {
			t.Errorf("%s is no entry", et)
		}
	}
	for et, named := range map[content.EntryType]bool{
		content.NonEntryHealth: false, content.NonEntryWebhookEndpoint: true, content.NonEntryWebhookDelivery: true,
		content.NonEntryPerson: true, content.NonEntrySession: true, content.NonEntryPasskey: true, content.NonEntryKey: true,
		content.NonEntryRelease: true, "NONE": false, "": false,
	} {
		if et.IsEntry() || et.Plural() != "" || content.NewEntry(et) != nil {
			t.Errorf("%q is an entry type", et)
		}
		if _, err := content.ParseID(content.ID{Type: et, Key: "x"}.String()); named != (err == nil) || !named && content.CodeOf(err) != content.BadUserInput {
			t.Errorf("parsing an id of %q returns %v", et, err)
		}
	}
}
