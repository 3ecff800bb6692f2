package mongodb

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
)

// schemaVersion is the version of the documents' shape; a newer program migrates older ones.
// Every document has it, so that the document alone shows whether it needs a migration.
const schemaVersion = 2

// sortName is the field by which documents are sorted by name; see content.SortKey.
const sortName = "sortName"

// internals lists the store's own fields, which are derived from the entry and not part of it.
func internals() []string { return []string{"refs", "folded", sortName, "schema"} }

// document returns the stored form of an entry: its fields, its references, its folded texts and its
// sort key.
// It encodes and decodes the entry instead of using reflection, so that the names and the omissions
// are exactly those of its bson tags. Absent texts are not folded, so that filters do not find them.
func document(k entryCollection, e content.Entry) (bson.D, error) {
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
	return append(doc,
		bson.E{Key: "refs", Value: refs(e)}, bson.E{Key: "folded", Value: folded},
		bson.E{Key: sortName, Value: content.SortKey(e.Head().Name)}, bson.E{Key: "schema", Value: schemaVersion}), nil
}

// refs lists the references of an entry, each once, as "path:key" and as "TYPE:key", and the files that its
// texts link to.
// All are in one indexed list. The first form finds the entries that state a relation, the second all
// entries that refer to another one, which a delete needs.
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
	for _, text := range content.RichTexts(e) {
		for _, f := range text.Shown() {
			if s := content.RefToFile(f.Hash); !seen[s] {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	return out
}

// fold folds a string or a list of strings.
// For anything else it returns an empty list, in which a filter finds nothing.
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

// set replaces a field of a document, or adds it.
// It may change doc in place; callers must use the result, as with append.
func set(doc bson.D, key string, value any) bson.D {
	for i := range doc {
		if doc[i].Key == key {
			doc[i].Value = value
			return doc
		}
	}
	return append(doc, bson.E{Key: key, Value: value})
}

// withoutInternals returns a document without the store's own fields.
// They are derived from the entry: in a revision they would take space, and would be stale once they
// are derived in another way.
func withoutInternals(doc bson.D) bson.D {
	out := make(bson.D, 0, len(doc))
	for _, f := range doc {
		if !slices.Contains(internals(), f.Key) {
			out = append(out, f)
		}
	}
	return out
}

// snapshotID returns the id of a revision.
// Neither a type nor a number contains a colon, so no two revisions have the same id.
func snapshotID(id content.ID, revision int) string {
	return strings.Join([]string{string(id.Type), id.Key, strconv.Itoa(revision)}, ":")
}
