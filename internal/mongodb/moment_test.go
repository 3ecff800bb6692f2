package mongodb_test

import (
	"context"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/repository/storetest"
)

// TestReadsUseTheStateOfTheirContext changes an entry and reads it in every way, at the state before
// the change and at one that the database no longer has.
func TestReadsUseTheStateOfTheirContext(t *testing.T) {
	s := storetest.Open(t)
	p := storetest.Pattern("saga", "Before", 5)
	storetest.Publish(t, s, p)
	published, before, err := s.Now(t.Context())
	if err != nil || before.Moment == 0 || before.Seq == 0 || published[content.TypePattern] == 0 {
		t.Fatalf("the state is %+v of %v: %v", before, published, err)
	}
	p.Name = "After"
	storetest.Publish(t, s, p)
	storetest.Publish(t, s, storetest.Pattern("cache", "Cache", 5))
	patterns := s.At(content.Published).Patterns
	ways := map[string]func(ctx context.Context) (string, int, error){
		"keys": func(ctx context.Context) (string, int, error) {
			found, err := patterns.ByKeys(ctx, []string{"saga"})
			if err != nil {
				return "", 0, err
			}
			return found[0].Name, 1, nil
		},
		"a list": func(ctx context.Context) (string, int, error) {
			found, err := patterns.Find(ctx, content.Query{Order: content.Order{Field: content.OrderName, Desc: true}}, content.Scope{})
			if err != nil {
				return "", 0, err
			}
			return found[0].Items[len(found[0].Items)-1].Name, len(found[0].Items), nil
		},
		"lists": func(ctx context.Context) (string, int, error) {
			found, err := patterns.Find(ctx, content.Query{}, content.Scope{Keys: "saga"}, content.Scope{Keys: "cache"})
			if err != nil {
				return "", 0, err
			}
			return found[0].Items[0].Name, len(found[0].Items) + len(found[1].Items), nil
		},
		"a count": func(ctx context.Context) (string, int, error) {
			found, err := patterns.Count(ctx, nil, content.Scope{})
			if err != nil {
				return "", 0, err
			}
			return "", found[0], nil
		},
		"facets": func(ctx context.Context) (string, int, error) {
			found, err := patterns.Facets(ctx, content.FacetQuery{Fields: []string{"CATEGORY"}, Limit: 3}, content.Scope{})
			if err != nil {
				return "", 0, err
			}
			return "", found[0][0].Values[0].Count, nil
		},
	}
	for name, read := range ways {
		t.Run(name, func(t *testing.T) {
			then := content.ReadOne(t.Context(), func() content.State { return before })
			got, n, err := read(then)
			if err != nil || got != "Before" && got != "" || content.Left(then) {
				t.Errorf("before, %q is read: %v, left %v", got, err, content.Left(then))
			}
			now, more, err := read(t.Context())
			if err != nil || now == "Before" || name != "keys" && more != n+1 {
				t.Errorf("now, %q is read, %d after %d: %v", now, more, n, err)
			}
			old := before
			old.Moment -= 100_000 << 32 // seconds
			past := content.ReadOne(t.Context(), func() content.State { return old })
			if _, _, err := read(past); content.CodeOf(err) != content.Unavailable || !content.Left(past) {
				t.Errorf("a moment that is too old: %v, left %v", err, content.Left(past))
			}
		})
	}
}

// TestReadsAfterAWriteIncludeIt writes and reads with the context of one response, as a mutation does.
func TestReadsAfterAWriteIncludeIt(t *testing.T) {
	s := storetest.Open(t)
	p := storetest.Pattern("saga", "Before", 5)
	storetest.Put(t, s, p)
	_, at, err := s.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx := content.ReadOne(t.Context(), func() content.State { return at })
	p.Name = "After"
	if _, err := s.Put(ctx, "test", p); err != nil {
		t.Fatal(err)
	}
	found, err := s.At(content.Drafts).Patterns.ByKeys(ctx, []string{"saga"})
	if err != nil || found[0].Name != "After" {
		t.Errorf("after the write %v is read: %v", found, err)
	}
}
