package mongodb_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/seed"
)

// fill sets fields to random values. If whole is set, every field gets a value that is not zero;
// otherwise some stay absent, and lists may be empty.
func fill(r *rand.Rand, v reflect.Value, whole bool) {
	absent := func() bool { return !whole && r.IntN(3) == 0 }
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("é%d\x00%s", r.IntN(1e6), string(rune('a'+r.IntN(26)))))
	case reflect.Int:
		v.SetInt(r.Int64()>>r.IntN(64) - 1<<20)
	case reflect.Float64:
		v.SetFloat(r.NormFloat64() * 1e20)
	case reflect.Bool:
		v.SetBool(whole || r.IntN(2) == 0)
	case reflect.Pointer:
		if absent() {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		fill(r, v.Elem(), whole)
	case reflect.Slice:
		if absent() {
			return
		}
		n := 1 + r.IntN(3)
		if !whole {
			n = r.IntN(3)
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			at := v.Index(i)
			if at.Kind() == reflect.Pointer { // no list of an entry has a nil element
				at.Set(reflect.New(at.Type().Elem()))
				at = at.Elem()
			}
			fill(r, at, whole)
		}
	case reflect.Struct:
		if at, ok := reflect.TypeAssert[*time.Time](v.Addr()); ok {
			*at = time.UnixMilli(r.Int64N(4e12) - 1e12).UTC()
			return
		}
		for _, field := range v.Fields() {
			fill(r, field, whole)
		}
	default:
		panic("no entry has a field of kind " + v.Kind().String())
	}
}

// decoderOf returns the decoder of a type; every type has one.
func decoderOf(t *testing.T, name content.EntryType) mongodb.Decoder {
	t.Helper()
	d, ok := mongodb.Decoders()[name]
	if !ok {
		t.Fatalf("%s has no decoder", name)
	}
	return d
}

// driver decodes with the driver, which is the reference.
func driver(t *testing.T, d mongodb.Decoder, raw bson.Raw) content.Entry {
	t.Helper()
	e := d.New()
	if err := bson.Unmarshal(raw, e); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestDecodersAgreeWithTheDriver decodes entries with all fields, which finds a field that a decoder
// does not know, and entries with random fields absent.
func TestDecodersAgreeWithTheDriver(t *testing.T) {
	for _, name := range content.Types() {
		d := decoderOf(t, name)
		t.Run(string(name), func(t *testing.T) {
			r := rand.New(rand.NewPCG(6, 26))
			for i := range 300 {
				e := d.New()
				fill(r, reflect.ValueOf(e).Elem(), i < 20)
				raw, err := bson.Marshal(e)
				if err != nil {
					t.Fatal(err)
				}
				got, ok := d.Quick(raw)
				if !ok {
					t.Fatalf("falls back to the driver: %v", bson.Raw(raw))
				}
				if diff := cmp.Diff(driver(t, d, raw), got); diff != "" {
					t.Fatalf("(-driver +quick):\n%s", diff)
				}
			}
		})
	}
}

// TestDecodersAgreeOnTheSeed: no entry of the hub falls back to the driver.
func TestDecodersAgreeOnTheSeed(t *testing.T) {
	all, err := seed.Read(seed.Files())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		d := decoderOf(t, e.ID().Type)
		raw, err := bson.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := d.Quick(raw)
		if !ok {
			t.Errorf("%s falls back to the driver", e.ID())
		}
		if diff := cmp.Diff(driver(t, d, raw), got); diff != "" {
			t.Errorf("%s (-driver +quick):\n%s", e.ID(), diff)
		}
	}
}

// TestUnexpectedValuesFallBackToTheDriver: documents with other widths, nulls and types are decoded as
// the driver decodes them, or fail as with the driver.
func TestUnexpectedValuesFallBackToTheDriver(t *testing.T) {
	d := mongodb.Decoders()[content.TypePattern]
	for name, doc := range map[string]bson.D{
		"float for a whole number": {{Key: "readingMinutes", Value: 3.0}},
		"long number":              {{Key: "readingMinutes", Value: int64(7)}},
		"null text":                {{Key: "name", Value: nil}},
		"null list":                {{Key: "tags", Value: nil}},
		"null object":              {{Key: "body", Value: nil}},
		"null pointer":             {{Key: "introduced", Value: nil}},
		"unknown fields":           {{Key: "refs", Value: bson.A{"a"}}, {Key: "folded", Value: bson.D{{Key: "x", Value: bson.D{}}}}, {Key: "name", Value: "n"}},
		"foreign kinds":            {{Key: "x", Value: bson.NewObjectID()}, {Key: "y", Value: bson.Regex{Pattern: "a"}}, {Key: "name", Value: "n"}},
		"empty":                    {},
		"list for a string":        {{Key: "name", Value: bson.A{"a"}}},
		"text for a list":          {{Key: "tags", Value: "a"}},
		"texts for objects":        {{Key: "companies", Value: bson.A{"a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := bson.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			want := d.New()
			wantErr := bson.Unmarshal(raw, want)
			got, err := d.Decode(raw)
			if (err != nil) != (wantErr != nil) {
				t.Fatalf("error %v, the driver says %v", err, wantErr)
			}
			if diff := cmp.Diff(want, got); err == nil && diff != "" {
				t.Errorf("(-driver +store):\n%s", diff)
			}
		})
	}
}

// FuzzDecoders: no document makes a decoder panic or read past its end.
func FuzzDecoders(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, d := range mongodb.Decoders() {
		e := d.New()
		fill(r, reflect.ValueOf(e).Elem(), true)
		raw, err := bson.Marshal(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, d := range mongodb.Decoders() {
			got, ok := d.Quick(raw)
			if !ok || bson.Raw(raw).Validate() != nil {
				continue
			}
			want := d.New()
			if err := bson.Unmarshal(raw, want); err != nil {
				continue
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-driver +quick):\n%s", diff)
			}
		}
	})
}

// TestDecodedEntriesDoNotShareMemoryWithDocuments: the driver reuses the memory of a reply, and an
// entity that referred to it would retain the whole document.
func TestDecodedEntriesDoNotShareMemoryWithDocuments(t *testing.T) {
	for _, name := range content.Types() {
		d := decoderOf(t, name)
		t.Run(string(name), func(t *testing.T) {
			e := d.New()
			fill(rand.New(rand.NewPCG(6, 27)), reflect.ValueOf(e).Elem(), true)
			raw, err := bson.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := d.Quick(raw)
			if !ok {
				t.Fatal("falls back to the driver")
			}
			clear(raw)
			if diff := cmp.Diff(e, got); diff != "" {
				t.Errorf("changed with the document (-put +got):\n%s", diff)
			}
		})
	}
}

// TestDecodingAllocatesLittle: a document takes one allocation for all texts, one for all lists of
// texts, and none for values of enums.
func TestDecodingAllocatesLittle(t *testing.T) {
	d := mongodb.Decoders()[content.TypePattern]
	allocations := func(p content.Pattern) float64 {
		raw, err := bson.Marshal(&p)
		if err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(100, func() {
			if _, ok := d.Quick(raw); !ok {
				t.Fatal("falls back to the driver")
			}
		})
	}
	var p content.Pattern
	few := allocations(p)
	p.Name, p.Summary, p.Category, p.Difficulty, p.Relevance = "Saga", "Long transactions.", "RESILIENCE", "ADVANCED", "MAINSTREAM"
	p.Tags, p.LawKeys, p.Aliases = []string{"a", "b"}, []string{"c"}, []string{"d", "e", "f"}
	if more := allocations(p) - few; more > 2 {
		t.Errorf("texts and lists of texts take %v allocations more than none; want at most 2", more)
	}
	p.ProblemDomains = []content.ProblemDomain{"COST", "GEO"}
	p.Relations = make([]content.RelationRow, 5)
	for i := range p.Relations {
		p.Relations[i] = content.RelationRow{PatternKey: "cqrs", Relation: "COMPLEMENTS", Sources: []string{"page"}}
	}
	if more := allocations(p) - few; more > 4 {
		t.Errorf("with two lists of other things it takes %v allocations more than none; want at most 4", more)
	}
}

// TestEnumsAreConstants: decoding the same known value twice returns the same memory.
func TestEnumsAreConstants(t *testing.T) {
	d := mongodb.Decoders()[content.TypePattern]
	category := func(value content.PatternCategory) content.PatternCategory {
		raw, err := bson.Marshal(&content.Pattern{Category: value})
		if err != nil {
			t.Fatal(err)
		}
		e, ok := d.Quick(raw)
		if !ok {
			t.Fatal("falls back to the driver")
		}
		return e.(*content.Pattern).Category
	}
	for value, constant := range map[content.PatternCategory]bool{"RESILIENCE": true, "OF_TOMORROW": false} {
		one, other := category(value), category(value)
		if one != value || other != value {
			t.Errorf("%q became %q and %q", value, one, other)
		}
		if same := unsafe.StringData(string(one)) == unsafe.StringData(string(other)); same != constant {
			t.Errorf("%q shares its memory: %v, want %v", value, same, constant)
		}
	}
}
