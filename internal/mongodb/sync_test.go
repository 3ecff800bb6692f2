package mongodb_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// pull reads one page and returns its changes as "seq slug revision", or "seq -key" for a deletion.
func pull(t *testing.T, s *repository.Store, token content.SyncToken, first int) (content.SyncToken, bool, []string) {
	t.Helper()
	p, err := s.Pull(t.Context(), content.Pull{Token: token, First: first})
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for i, c := range p.Changes {
		if e := p.Entries[i]; e != nil {
			shown = append(shown, fmt.Sprint(c.Seq, " ", e.Head().Slug, " ", e.Head().Revision))
		} else {
			shown = append(shown, fmt.Sprint(c.Seq, " -", c.Key))
		}
	}
	return p.Next, p.More, shown
}

func mustUnpublish(t *testing.T, s *repository.Store, ids ...content.ID) {
	t.Helper()
	if _, err := s.Unpublish(t.Context(), "test", ids...); err != nil {
		t.Fatal(err)
	}
}

// again returns a copy to write over the stored entry.
func again(p *content.Pattern, name string, revision int) *content.Pattern {
	c := storetest.Pattern(p.Key, name, 10)
	c.Revision = revision
	return c
}

func TestPullReturnsTheLatestChangesInOrder(t *testing.T) {
	s := storetest.Open(t)
	a, b, c := storetest.Pattern("a", "A", 1), storetest.Pattern("b", "B", 1), storetest.Pattern("c", "C", 1)
	storetest.Publish(t, s, storetest.Tier("gold", 1)) // changes 1 to 3
	storetest.Publish(t, s, a)                         // 4 to 6
	storetest.Publish(t, s, b)                         // 7 to 9
	storetest.Publish(t, s, again(a, "A2", 1))
	storetest.Put(t, s, c)
	storetest.Put(t, s, again(b, "unpublished", 1))
	for name, tt := range map[string]struct {
		token content.SyncToken
		want  []string
	}{
		"from the beginning": {content.SyncToken{}, []string{"2 gold 1", "8 b 1", "11 a 2"}},
		"one type":           {content.SyncToken{Types: []content.EntryType{"TIER"}}, []string{"2 gold 1"}},
		"another type":       {content.SyncToken{Types: []content.EntryType{"LAW"}}, nil},
		"after a":            {content.SyncToken{Seq: 6}, []string{"8 b 1", "11 a 2"}},
		"after b":            {content.SyncToken{Seq: 8}, []string{"11 a 2"}},
		"after all":          {content.SyncToken{Seq: 11}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			next, more, got := pull(t, s, tt.token, 100)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("changes (-want +got):\n%s", d)
			}
			if more || next.Seq != 11 || next.Start != 0 || !slices.Equal(next.Types, tt.token.Types) {
				t.Errorf("continues at %+v, more %v; want 11, the newest published change", next, more)
			}
		})
	}
	found, err := s.Pull(t.Context(), content.Pull{First: 100})
	if err != nil {
		t.Fatal(err)
	}
	if body := found.Entries[2].(*content.Pattern).Body.Markdown; body != "# Text\n\nOf A2\n" {
		t.Errorf("the body is %q: entries must be whole", body)
	}
}

func TestPullReportsDeletionsToHoldersOfTheEntry(t *testing.T) {
	s := storetest.Open(t)
	a, b, c := storetest.Pattern("a", "A", 1), storetest.Pattern("b", "B", 1), storetest.Pattern("c", "C", 1)
	storetest.Publish(t, s, storetest.Tier("gold", 1))
	storetest.Publish(t, s, a)
	storetest.Publish(t, s, b)
	storetest.Publish(t, s, c)
	mustUnpublish(t, s, b.ID()) // 13 and 14
	// A full pull does not report the deletion of b on any page.
	token, more, got := pull(t, s, content.SyncToken{}, 1)
	if d := cmp.Diff([]string{"2 gold 1"}, got); d != "" || !more {
		t.Fatalf("first page, more %v (-want +got):\n%s", more, d)
	}
	// It reports deletions during the pull, since an earlier page may have had the entry.
	mustUnpublish(t, s, a.ID())
	if err := s.Delete(t.Context(), "test", c.ID()); err != nil {
		t.Fatal(err)
	}
	var rest []string
	for more {
		var page []string
		token, more, page = pull(t, s, token, 1)
		rest = append(rest, page...)
	}
	if d := cmp.Diff([]string{"15 -a", "17 -c"}, rest); d != "" {
		t.Errorf("rest (-want +got):\n%s", d)
	}
	if token.Start != 0 {
		t.Errorf("the pull ended at %+v", token)
	}
	if _, _, got := pull(t, s, content.SyncToken{Seq: 12}, 100); !slices.Equal(got, []string{"13 -b", "15 -a", "17 -c"}) {
		t.Errorf("a holder of b gets %v", got)
	}
}

func TestPullReadsOneMoment(t *testing.T) {
	s := storetest.Open(t)
	storetest.Publish(t, s, storetest.Tier("gold", 1))
	storetest.Publish(t, s, storetest.Pattern("a", "A", 1))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() {
		var err error
		for i := 1; err == nil && ctx.Err() == nil; i++ {
			if _, err = s.Put(context.WithoutCancel(ctx), "test", again(storetest.Pattern("a", "A", 1), fmt.Sprint("A", i), i)); err == nil {
				_, err = s.Publish(context.WithoutCancel(ctx), "test", content.ID{Type: "PATTERN", Key: "a"})
			}
		}
		done <- err
	}()
	seen := map[int]bool{}
	for len(seen) < 10 {
		p, err := s.Pull(t.Context(), content.Pull{First: 10})
		if err != nil {
			t.Fatal(err)
		}
		last := p.Changes[len(p.Changes)-1]
		if got := p.Entries[len(p.Entries)-1].Head().Revision; got != last.Revision {
			t.Fatalf("change %d is of revision %d, its entry of %d", last.Seq, last.Revision, got)
		}
		seen[last.Revision] = true
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestPruneDeletesTheBeginningOnly(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := storetest.Open(t, func(o *mongodb.Options) { o.Now = func() time.Time { return at } })
	day := func(n int) { at = time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	a, b := storetest.Pattern("a", "A", 1), storetest.Pattern("b", "B", 1)
	storetest.Publish(t, s, storetest.Tier("gold", 1), a, b) // 1 to 9
	day(2)
	mustUnpublish(t, s, a.ID()) // 10 and 11
	day(5)
	storetest.Put(t, s, again(b, "B2", 1)) // 12
	day(1)                                 // a replica whose clock is behind
	mustUnpublish(t, s, b.ID())            // 13 and 14
	day(6)
	// In this order, since each step continues after the one before.
	for _, tt := range []struct {
		name         string
		before, gone int
		works, fails int64
	}{
		{"nothing is old", 1, 0, 3, 0},
		{"up to a newer change", 3, 11, 10, 9},
		{"again", 3, 0, 10, 9},
		{"all but the newest", 9, 2, 13, 12},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, err := s.Prune(t.Context(), time.Date(2026, 1, tt.before, 0, 0, 0, 0, time.UTC))
			if err != nil || int(n) != tt.gone {
				t.Errorf("%d changes gone, want %d (%v)", n, tt.gone, err)
			}
			if _, err := s.Pull(t.Context(), content.Pull{First: 10, Token: content.SyncToken{Seq: tt.works}}); err != nil {
				t.Errorf("a token of %d: %v", tt.works, err)
			}
			if tt.fails > 0 {
				_, err = s.Pull(t.Context(), content.Pull{First: 10, Token: content.SyncToken{Seq: tt.fails}})
				if content.CodeOf(err) != content.SyncTokenExpired {
					t.Errorf("a token of %d: %v", tt.fails, err)
				}
				if err := s.Reaches(t.Context(), content.SyncToken{Seq: tt.fails}); content.CodeOf(err) != content.SyncTokenExpired {
					t.Errorf("a subscription from %d: %v", tt.fails, err)
				}
			}
		})
	}
	last, err := s.LastSeq(t.Context())
	if err != nil || last != 14 {
		t.Errorf("the log ends at %d (%v)", last, err)
	}
	if _, _, got := pull(t, s, content.SyncToken{}, 10); !slices.Equal(got, []string{"4 gold 1"}) {
		t.Errorf("a full pull returns %v", got)
	}
}

func TestPullOfAFutureTokenIsExpired(t *testing.T) {
	s := storetest.Open(t)
	storetest.Publish(t, s, storetest.Tier("gold", 1))
	_, err := s.Pull(t.Context(), content.Pull{First: 10, Token: content.SyncToken{Seq: 1000}})
	if content.CodeOf(err) != content.SyncTokenExpired {
		t.Errorf("got %v", err)
	}
}

// raw returns the test's database without the store.
func raw(t testing.TB, o *mongodb.Options) *mongo.Database {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(o.URI))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Disconnect(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return client.Database(o.Database)
}

func TestLatestChangesAreCreatedForOlderDatabases(t *testing.T) {
	var opened mongodb.Options
	s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	a := storetest.Pattern("a", "A", 1)
	storetest.Publish(t, s, storetest.Tier("gold", 1))
	storetest.Publish(t, s, a)
	mustUnpublish(t, s, a.ID())
	if _, err := raw(t, &opened).Collection("latest").DeleteMany(t.Context(), bson.D{}); err != nil {
		t.Fatal(err)
	}
	if err := s.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, got := pull(t, s, content.SyncToken{Seq: 1}, 10); !slices.Equal(got, []string{"2 gold 1", "7 -a"}) {
		t.Errorf("got %v", got)
	}
}

func TestReplicasShareOneIdentity(t *testing.T) {
	s := storetest.Open(t)
	const replicas = 8
	got := make(chan string, replicas)
	for range replicas {
		go func() {
			id, err := s.Identity(context.WithoutCancel(t.Context()))
			if err != nil || len(id.Secret) != 32 || id.Database == "" {
				t.Errorf("identity %v (%v)", id, err)
				got <- ""
				return
			}
			got <- id.Database + string(id.Secret)
		}()
	}
	first := <-got
	for range replicas - 1 {
		if other := <-got; other != first {
			t.Error("replicas have different identities")
		}
	}
}
