package tally_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/mongodb/tally"
)

// doc returns a document with a key and fields.
func doc(t testing.TB, key string, fields ...bson.E) bson.Raw {
	t.Helper()
	raw, err := bson.Marshal(append(bson.D{{Key: "_id", Value: key}}, fields...))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// filled returns an index of four documents, after others of the same keys were replaced.
func filled(t testing.TB) *tally.Index {
	t.Helper()
	x := tally.New("kind", "tags", "uses.of", "n")
	keys := []string{"a", "b", "c", "d", "e"}
	var before []bson.Raw
	for _, key := range keys {
		before = append(before, doc(t, key, bson.E{Key: "kind", Value: "old"}, bson.E{Key: "n", Value: 7}))
	}
	x.Apply(keys, before)
	x.Pack()
	uses := func(keys ...string) bson.E {
		var list bson.A
		for _, k := range keys {
			list = append(list, bson.D{{Key: "of", Value: k}})
		}
		return bson.E{Key: "uses", Value: list}
	}
	x.Apply(keys, []bson.Raw{
		doc(t, "a", bson.E{Key: "kind", Value: "X"}, bson.E{Key: "tags", Value: bson.A{"t", "u", "t"}}, bson.E{Key: "n", Value: int64(1)}, uses("k", "k")),
		doc(t, "b", bson.E{Key: "kind", Value: "Y"}, bson.E{Key: "tags", Value: bson.A{}}, bson.E{Key: "n", Value: 2.0}, uses("k", "l")),
		doc(t, "c", bson.E{Key: "kind", Value: "X"}, bson.E{Key: "tags", Value: nil}, bson.E{Key: "n", Value: 2.5}),
		doc(t, "d", bson.E{Key: "kind", Value: ""}, bson.E{Key: "n", Value: true}),
	})
	return x
}

// TestConditions counts with conditions of every kind, and with those that an index cannot answer.
func TestConditions(t *testing.T) {
	x := filled(t)
	is := func(path string, v any) bson.D { return bson.D{{Key: path, Value: v}} }
	op := func(path, op string, v any) bson.D { return is(path, bson.D{{Key: op, Value: v}}) }
	const unknown = -1
	for name, test := range map[string]struct {
		cond bson.D
		want int
	}{
		"nothing said":            {bson.D{}, 4},
		"a value":                 {is("kind", "X"), 2},
		"a value of before":       {is("kind", "old"), 0},
		"an element":              {is("tags", "t"), 1},
		"a whole double":          {is("n", 2), 1},
		"a flag is no number":     {op("n", "$gte", 1), 3},
		"numbers of two types":    {op("n", "$gt", 2), 1},
		"a range":                 {is("n", bson.D{{Key: "$gt", Value: 1}, {Key: "$lte", Value: 2.5}}), 2},
		"less":                    {op("n", "$lt", 2), 1},
		"in":                      {op("kind", "$in", bson.A{"X", "Z"}), 2},
		"in nothing":              {op("_id", "$in", bson.A{}), 0},
		"not in":                  {op("tags", "$nin", bson.A{"t"}), 3},
		"not in nothing":          {op("kind", "$nin", bson.A{}), 4},
		"keys":                    {op("_id", "$in", bson.A{"a", "e", "nobody"}), 1},
		"a reference":             {is("refs", "uses.of:k"), 2},
		"all references":          {op("refs", "$all", bson.A{"uses.of:k", "uses.of:l"}), 1},
		"no reference":            {op("refs", "$nin", bson.A{"uses.of:k"}), 2},
		"a beginning":             {is("kind", bson.Regex{Pattern: "^X"}), 2},
		"a quoted part":           {is("tags", bson.Regex{Pattern: `\.`}), 0},
		"and":                     {is("$and", bson.A{is("kind", "X"), is("tags", "u")}), 1},
		"or":                      {is("$or", bson.A{is("kind", "Y"), is("tags", "u")}), 2},
		"nor":                     {is("$nor", bson.A{is("kind", "Y"), is("tags", "u")}), 2},
		"two elements":            {append(is("kind", "X"), is("n", 1)...), 1},
		"another field":           {is("name", "X"), unknown},
		"another field within":    {is("$or", bson.A{is("kind", "X"), is("name", "X")}), unknown},
		"another reference":       {is("refs", "other.of:k"), unknown},
		"a reference to any":      {is("refs", "TYPE:k"), unknown},
		"null":                    {is("kind", nil), unknown},
		"another operator":        {op("kind", "$exists", true), unknown},
		"texts that are compared": {op("kind", "$gt", "A"), unknown},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := x.Count(test.cond)
			if ok != (test.want != unknown) || ok && got != test.want {
				t.Errorf("%d (%v), want %d", got, ok, test.want)
			}
		})
	}
}

// TestFacets lists values in their order, each entry once for each of its values.
func TestFacets(t *testing.T) {
	x := filled(t)
	got, ok := x.Facets(bson.D{}, []string{"kind", "tags", "uses.of", "n"}, 3)
	want := [][]tally.Bucket{
		{{"X", 2}, {"Y", 1}},
		{{"t", 1}, {"u", 1}},
		{{"k", 2}, {"l", 1}},
		{{int64(1), 1}, {int64(2), 1}, {2.5, 1}},
	}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("%v (-want +got):\n%s", ok, diff)
	}
	if _, ok := x.Facets(bson.D{}, []string{"kind", "name"}, 3); ok {
		t.Error("a field that it does not have is counted")
	}
}

// TestRemoved removes entries, and adds one of them again.
func TestRemoved(t *testing.T) {
	x := filled(t)
	x.Apply([]string{"a", "b", "nobody"}, nil)
	if n := x.Len(); n != 2 {
		t.Errorf("%d entries, want 2", n)
	}
	x.Apply([]string{"a"}, []bson.Raw{doc(t, "a", bson.E{Key: "kind", Value: "Y"})})
	got, _ := x.Facets(bson.D{}, []string{"kind", "tags"}, 9)
	if diff := cmp.Diff([][]tally.Bucket{{{"X", 1}, {"Y", 1}}, {}}, got); diff != "" || x.Len() != 3 {
		t.Errorf("%d entries (-want +got):\n%s", x.Len(), diff)
	}
}

// TestTooManyValues checks that an index drops a field with a value for each entry, and keeps the others.
func TestTooManyValues(t *testing.T) {
	x := tally.New("kind", "tags")
	for i := range 1<<16 + 1 {
		key := strconv.Itoa(i)
		x.Apply([]string{key}, []bson.Raw{doc(t, key, bson.E{Key: "kind", Value: "X"}, bson.E{Key: "tags", Value: key})})
	}
	if _, ok := x.Count(bson.D{{Key: "tags", Value: "7"}}); ok {
		t.Error("the values are still held")
	}
	if n, ok := x.Count(bson.D{{Key: "kind", Value: "X"}}); !ok || n != 1<<16+1 {
		t.Errorf("%d entries of a kind (%v)", n, ok)
	}
}

// BenchmarkIndex counts a million entries by two conditions, and their facets.
func BenchmarkIndex(b *testing.B) {
	const entries, page = 1_000_000, 10_000
	x := tally.New("kind", "level", "tags")
	for from := 0; from < entries; from += page {
		var keys []string
		var docs []bson.Raw
		for i := from; i < from+page; i++ {
			keys = append(keys, fmt.Sprint("key", i))
			docs = append(docs, doc(b, keys[i-from], bson.E{Key: "kind", Value: fmt.Sprint("K", i%13)}, bson.E{Key: "level", Value: i % 7},
				bson.E{Key: "tags", Value: bson.A{fmt.Sprint("t", i%1000), fmt.Sprint("u", i%77)}}))
		}
		x.Apply(keys, docs)
	}
	x.Pack()
	cond := bson.D{{Key: "kind", Value: bson.D{{Key: "$in", Value: bson.A{"K1", "K2", "K3"}}}}, {Key: "level", Value: bson.D{{Key: "$gte", Value: 3}}}}
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			if _, ok := x.Count(cond); !ok {
				b.Fatal("not held")
			}
		}
		b.ReportMetric(float64(x.Bytes())/entries, "bytes/entry")
	})
	for name, cond := range map[string]bson.D{"facets": {}, "filtered facets": cond} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, ok := x.Facets(cond, []string{"kind", "level", "tags"}, 20); !ok {
					b.Fatal("not held")
				}
			}
		})
	}
	b.Run("change of 1000", func(b *testing.B) {
		var keys []string
		var docs []bson.Raw
		for i := range 1000 {
			keys = append(keys, fmt.Sprint("key", i*997))
			docs = append(docs, doc(b, keys[i], bson.E{Key: "kind", Value: "K1"}, bson.E{Key: "tags", Value: bson.A{"t1"}}))
		}
		for b.Loop() {
			x.Apply(keys, docs)
		}
	})
}
