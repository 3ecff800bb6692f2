package porting_test

import (
	"bytes"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/porting"
)

// TestDraftsAreExportedAndImported takes the smallest working copy of each type that the API
// accepts through a tree and through records. None of them could be published.
func TestDraftsAreExportedAndImported(t *testing.T) {
	s := open(t)
	want := map[content.ID]content.Entry{}
	for _, kind := range content.Types() {
		e := content.NewEntry(kind)
		*e.Head() = content.Meta{Type: kind, Slug: "bare", Name: "Bare"}
		satisfy(t, e)
		out, err := s.Save(t.Context(), content.Request{By: "author"}, content.Edit{ID: content.ID{Type: kind}, Values: e, Fields: content.Authored(kind)})
		if err != nil || len(out.Errors) > 0 {
			t.Fatalf("%s: %v, %v", kind, out, err)
		}
		saved := out.Entries[0]
		want[content.ID{Type: kind, Key: saved.Head().Slug}] = saved
	}
	var records bytes.Buffer
	done, err := porting.ExportRecords(t.Context(), s, &records, porting.ExportOptions{Drafts: true})
	if err != nil || len(done.Problems) > 0 {
		t.Fatalf("records: %s, %v", done, err)
	}
	dir := t.TempDir()
	if done, err = porting.Export(t.Context(), s, dir, porting.ExportOptions{Drafts: true}); err != nil || len(done.Problems) > 0 {
		t.Fatalf("tree: %s, %v", listed(done.Problems), err)
	}
	for name, into := range map[string]func(porting.Store) (*porting.Report, error){
		"tree": func(s porting.Store) (*porting.Report, error) {
			return porting.Import(t.Context(), s, os.DirFS(dir), options())
		},
		"records": func(s porting.Store) (*porting.Report, error) {
			return porting.ImportRecords(t.Context(), s, "all.ndjson", bytes.NewReader(records.Bytes()), options())
		},
	} {
		t.Run(name, func(t *testing.T) {
			other := open(t)
			report, err := into(other)
			if err != nil || report.Created != len(want) || report.Refused != 0 {
				t.Fatalf("%s, %v\n%s", report, err, listed(report.Problems))
			}
			for id, want := range want {
				got, err := other.At(content.Drafts).Reader(id.Type).EntriesBySlugs(t.Context(), []string{id.Key})
				if err != nil || got[0] == nil {
					t.Errorf("%s is missing: %v", id.Type, err)
					continue
				}
				pages, err := other.At(content.Drafts).Reader(id.Type).PagesByKeys(t.Context(), []string{got[0].Head().Key})
				if err != nil {
					t.Fatal(err)
				}
				for _, field := range content.Changed(want, pages[0]) {
					// Each store makes its own keys, so references differ as well.
					if field != "tier" && field != "company" {
						t.Errorf("%s has another %s", id.Type, field)
					}
				}
			}
		})
	}
}

// satisfy fills an entry with what a working copy needs, and no more: enums with their first value,
// references with the entry "bare" of their type, and texts with a word.
func satisfy(t *testing.T, e content.Entry) {
	t.Helper()
	for _, wrong := range content.Validate(e, false) {
		v := reflect.ValueOf(e).Elem()
		for _, name := range wrong.Field {
			if i, err := strconv.Atoi(name); err == nil {
				v = v.Index(i)
				continue
			}
			for f, field := range v.Fields() {
				if tag, _, _ := strings.Cut(f.Tag.Get("bson"), ","); tag == name {
					v = field
					break
				}
			}
		}
		switch values, enum := reflect.TypeAssert[interface{ Values() []string }](v); {
		case enum:
			v.SetString(values.Values()[0])
		case v.Kind() == reflect.String:
			v.SetString("bare")
		case v.Type() == reflect.TypeFor[content.Subject]():
			v.Set(reflect.ValueOf(content.Subject{Text: "bare"}))
		default:
			t.Fatalf("%s: %s", wrong.Field, wrong.Message)
		}
	}
}
