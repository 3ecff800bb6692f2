package mongodb

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/content"
)

// schemaVersion is the version of the documents' shape; a newer program migrates older ones.
// It stands in every document, so that one of an older shape can be told by a look at it alone.
const schemaVersion = 1

// document makes the stored form of an entry: its fields, what it refers to, and its folded
// texts.
// The entry is encoded and decoded again instead of being walked by reflection, so that the names
// and the omissions are exactly those of its bson tags. Fields of it that are folded but absent are
// left out; a filter on them then finds nothing, as it should.
func document(k kept, e content.Entry) (bson.D, error) {
	raw, err := bson.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.ID().Type, err)
	}
	var doc bson.D
	if err := bson.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.ID().Type, err)
	}
	folded := bson.D{}
	for _, f := range k.foldedFields() {
		if v, err := bson.Raw(raw).LookupErr(f); err == nil {
			folded = append(folded, bson.E{Key: f, Value: fold(v)})
		}
	}
	return append(doc, bson.E{Key: "refs", Value: refs(e)}, bson.E{Key: "folded", Value: folded}, bson.E{Key: "schema", Value: schemaVersion}), nil
}

// refs lists what an entry refers to, each once, as "path:key" and as "TYPE:key".
// Both forms stand in one indexed list. The first answers "which entries state this relation", the
// second "which entries refer to this at all", which deleting has to know.
func refs(e content.Entry) []string {
	out := []string{}
	seen := map[string]bool{}
	for _, r := range content.References(e) {
		for _, s := range []string{content.RefTo(r.Path, r.Target.Key), content.RefToAny(r.Target)} {
			if !seen[s] {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	return out
}

// fold folds a text or a list of texts.
// Anything else gives an empty list: it has no text that a filter could find.
func fold(v bson.RawValue) any {
	if s, ok := v.StringValueOK(); ok {
		return content.Fold(s)
	}
	out := []string{}
	if array, ok := v.ArrayOK(); ok {
		values, err := array.Values()
		if err != nil {
			return out
		}
		for _, x := range values {
			if s, ok := x.StringValueOK(); ok {
				out = append(out, content.Fold(s))
			}
		}
	}
	return out
}

// renderTexts renders the rich texts of an entry from their Markdown.
// It looks at the entry's own fields alone, since long texts never stand deeper. The store keeps
// the rendered form too, because a page is read far more often than it is written.
func renderTexts(e content.Entry, render Render) {
	for _, text := range richTexts(e) {
		*text = render(e.Head().Type, e.Head().Slug, text.Markdown)
	}
}

// richTexts gives the rich texts of an entry by the stored names of their fields.
func richTexts(e content.Entry) map[string]*content.RichText {
	out := map[string]*content.RichText{}
	for f, field := range reflect.ValueOf(e).Elem().Fields() {
		if text, ok := reflect.TypeAssert[*content.RichText](field.Addr()); ok {
			name, _, _ := strings.Cut(f.Tag.Get("bson"), ",")
			out[name] = text
		}
	}
	return out
}

// set replaces a field of a document, or adds it.
// The document is changed in place where it has the field; the result has to be used in any case,
// as with append.
func set(doc bson.D, key string, value any) bson.D {
	for i := range doc {
		if doc[i].Key == key {
			doc[i].Value = value
			return doc
		}
	}
	return append(doc, bson.E{Key: key, Value: value})
}

// withoutInternals takes the store's own fields out of a document.
// What they hold follows from the entry, so a revision that kept them would only grow, and would
// hold stale ones after a change of how they are made.
func withoutInternals(doc bson.D) bson.D {
	out := make(bson.D, 0, len(doc))
	for _, f := range doc {
		if f.Key != "refs" && f.Key != "folded" && f.Key != "schema" {
			out = append(out, f)
		}
	}
	return out
}

// snapshotID is the id of a revision.
// Neither a type nor a number contains a colon, so two revisions never share an id.
func snapshotID(id content.ID, revision int) string {
	return strings.Join([]string{string(id.Type), id.Key, strconv.Itoa(revision)}, ":")
}
