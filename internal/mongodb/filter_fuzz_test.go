package mongodb_test

import (
	"encoding/json"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
)

// FuzzFilter builds conditions from any filter. A filter is refused as the client's fault, or its
// condition can be encoded and has no name or operator from the client's texts.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"Name":{"Contains":"sa.*ga"}}`, `{"Slug":{"Eq":"$ne"}}`, `{"Tier":{"In":["gold"]}}`, `{"Law":{"All":["a","b"],"None":["c"]}}`,
		`{"And":[{"Or":[{"Not":{"Enhanced":true}}]}]}`, `{"Not":{"Not":{"Not":{"Not":{"Not":{"Not":{}}}}}}}`, `{"ReadingMinutes":{"Gte":1,"Lt":-5}}`,
		`{"Tags":{"StartsWith":"\\Q$where"}}`, `{"Category":{"In":["NONE"],"NotIn":[]}}`, `{"CreatedAt":{"Gt":"2026-01-01T00:00:00Z"}}`,
		`{"Slug":{"In":[` + strings.Repeat(`"a",`, 100) + `"a"]}}`, `{"And":[],"Or":[]}`, `{"Name":{"Eq":"\u0000"}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var filter content.PatternFilter
		if json.Unmarshal([]byte(raw), &filter) != nil {
			return
		}
		condition, err := mongodb.PatternFilter(&filter)
		if err != nil {
			if content.CodeOf(err) != content.BadUserInput {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		if _, err := bson.Marshal(condition); err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		named(t, condition)
	})
}

// named checks that every operator in a condition is known and every name is a valid one.
func named(t *testing.T, v any) {
	t.Helper()
	const operators = " $and $or $nor $not $in $nin $all $eq $ne $gt $gte $lt $lte $exists $expr $regex $options $elemMatch $type $size "
	switch v := v.(type) {
	case bson.D:
		for _, e := range v {
			if strings.HasPrefix(e.Key, "$") && !strings.Contains(operators, " "+e.Key+" ") {
				t.Fatalf("an operator %q", e.Key)
			}
			if strings.ContainsAny(e.Key, "\x00 ") || e.Key == "" {
				t.Fatalf("a name %q", e.Key)
			}
			named(t, e.Value)
		}
	case bson.A:
		for _, item := range v {
			named(t, item)
		}
	case []bson.D:
		for _, item := range v {
			named(t, item)
		}
	}
}
