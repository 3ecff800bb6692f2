package repository_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// modelled is an entry of the simple model of the list.
type modelled struct {
	content.ListedEntry
	refs []content.ID
}

// model reads all working copies, one by one, and what the list says of them.
func model(t *testing.T, s *repository.Store) []modelled {
	t.Helper()
	waiting, err := s.Waiting(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out []modelled
	for _, et := range content.Types() {
		keys, err := s.KeysAfter(t.Context(), content.Drafts, et, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(keys) == 0 {
			continue
		}
		entries, err := s.At(content.Drafts).Reader(et).PagesByKeys(t.Context(), keys)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			h := e.Head()
			made, err := s.Revisions(t.Context(), h.ID(), h.Revision+1, 1)
			if err != nil {
				t.Fatal(err)
			}
			m := modelled{ListedEntry: content.ListedEntry{
				Type: et, Key: h.Key, Slug: h.Slug, Name: h.Name, Revision: h.Revision, Status: h.Status,
				CreatedAt: h.CreatedAt, UpdatedAt: h.UpdatedAt, PublishedAt: h.PublishedAt, By: made[0].By,
			}}
			for _, w := range waiting {
				if w.EntryID() == h.ID() {
					m.Scheduled = append(m.Scheduled, w.Action)
				}
			}
			for _, r := range content.References(e) {
				m.refs = append(m.refs, r.Target)
			}
			out = append(out, m)
		}
	}
	return out
}

// selects reports whether a filter selects an entry.
func selects(f *content.EntriesFilter, m modelled, all []modelled) bool {
	there := func(id content.ID) bool {
		return slices.ContainsFunc(all, func(x modelled) bool { return x.EntryID() == id })
	}
	broken := slices.ContainsFunc(m.refs, func(id content.ID) bool { return !there(id) })
	if f.Text != nil {
		names := strings.FieldsFunc(content.Fold(m.Name+" "+m.Slug), func(r rune) bool { return strings.ContainsRune(" -/().", r) })
		for w := range strings.FieldsSeq(content.Fold(*f.Text)) {
			if !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, w) }) {
				return false
			}
		}
	}
	return (f.Types == nil || slices.Contains(f.Types, m.Type)) &&
		(f.Status == nil || slices.Contains(f.Status.In, m.Status)) &&
		(f.Author == nil || slices.Contains(f.Author, m.By)) &&
		(f.UpdatedAt == nil || m.UpdatedAt.After(*f.UpdatedAt.Gt)) &&
		(f.PublishedAt == nil || m.PublishedAt != nil && m.PublishedAt.Before(*f.PublishedAt.Lt)) &&
		(f.RefersTo == nil || slices.Contains(m.refs, *f.RefersTo)) &&
		(f.BrokenReferences == nil || *f.BrokenReferences == broken) &&
		(f.Scheduled == nil || *f.Scheduled == (len(m.Scheduled) > 0))
}

// sorted compares entries in an order.
func sorted(o content.Order) func(a, b modelled) int {
	instant := func(t *time.Time) int64 {
		if t == nil {
			return -1 << 62
		}
		return t.UnixNano()
	}
	return func(a, b modelled) int {
		way := 0
		switch o.Field {
		case "NAME":
			way = cmp.Compare(content.SortKey(a.Name), content.SortKey(b.Name))
		case "CREATED_AT":
			way = a.CreatedAt.Compare(b.CreatedAt)
		case "UPDATED_AT":
			way = a.UpdatedAt.Compare(b.UpdatedAt)
		case "PUBLISHED_AT":
			way = cmp.Compare(instant(a.PublishedAt), instant(b.PublishedAt))
		}
		way = cmp.Or(way, cmp.Compare(content.RefToAny(a.EntryID()), content.RefToAny(b.EntryID())))
		if o.Desc {
			return -way
		}
		return way
	}
}

// randomEntries fills a store: types, names with accents, authors, statuses, schedules, references, some of
// them broken.
func randomEntries(t *testing.T, s *repository.Store, random *rand.Rand) {
	t.Helper()
	words := []string{"Café", "Łódź", "circuit", "breaker", "Saga", "Über", "İstanbul", "outbox", "日本"}
	for i := range 30 {
		name := fmt.Sprintf("%s %s %d", words[random.IntN(len(words))], words[random.IntN(len(words))], i%7)
		by := []string{"anna", "ben/key", "program"}[random.IntN(3)]
		slug := fmt.Sprint("p", i)
		var e content.Entry
		switch random.IntN(3) {
		case 0:
			e = storetest.Tier(slug, i)
		case 1:
			p := publishable(slug)
			if random.IntN(3) == 0 {
				p.LawKeys = []string{[]string{"lost", "missing"}[random.IntN(2)]}
			}
			e = p
		default:
			e = &content.Page{Meta: content.Meta{Type: content.TypePage, Key: slug, Slug: "docs/" + slug, Summary: "A page."}}
		}
		e.Head().Name = name
		if _, err := s.Put(t.Context(), by, e); err != nil {
			t.Fatal(err)
		}
		id := e.ID()
		if random.IntN(2) == 0 {
			if _, err := s.Publish(t.Context(), by, id); err != nil {
				t.Fatal(err)
			}
			if random.IntN(2) == 0 {
				again, err := s.At(content.Drafts).Reader(id.Type).PagesByKeys(t.Context(), []string{id.Key})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := s.Put(t.Context(), "anna", again[0]); err != nil {
					t.Fatal(err)
				}
			}
		}
		at := time.Date(2040, 1, 1, 0, 0, i, 0, time.UTC)
		for range random.IntN(3) {
			intent := content.Intent{ID: id, Action: []content.ScheduleAction{content.SchedulePublish, content.ScheduleUnpublish}[random.IntN(2)]}
			if random.IntN(3) > 0 {
				intent.At = &at
			}
			out, err := s.Plan(t.Context(), me, intent)
			mustOutcome(t, out, err)
		}
		if random.IntN(8) == 0 {
			if err := s.Delete(t.Context(), by, id); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// randomFilter returns a filter with some conditions.
func randomFilter(random *rand.Rand, all []modelled) *content.EntriesFilter {
	f := &content.EntriesFilter{}
	is := func() bool { return random.IntN(4) == 0 }
	some := all[random.IntN(len(all))]
	if is() {
		f.Types = []content.EntryType{some.Type, content.TypeLaw}
	}
	if is() {
		f.Status = &content.PublicationStatusFilter{In: []content.PublicationStatus{some.Status}}
	}
	if is() {
		f.Author = []string{some.By, "nobody"}
	}
	if is() {
		f.Text = new([]string{"CAFE", "lodz ", "u", "saga cir", "istanbul", "日", "p1", "docs p"}[random.IntN(8)])
	}
	if is() {
		f.UpdatedAt = &content.TimeFilter{Gt: new(some.UpdatedAt)}
	}
	if is() {
		f.PublishedAt = &content.TimeFilter{Lt: new(some.UpdatedAt)}
	}
	if is() {
		f.RefersTo = &content.ID{Type: content.TypeTier, Key: "gold"}
	}
	if is() {
		f.BrokenReferences = new(random.IntN(2) == 0)
	}
	if is() {
		f.Scheduled = new(random.IntN(2) == 0)
	}
	return f
}

// TestTheListEqualsAModel compares pages, counts, facets and digests of random filters with a simple model.
func TestTheListEqualsAModel(t *testing.T) {
	for seed := range uint64(2) {
		random := rand.New(rand.NewPCG(seed, 9))
		s := openAuthored(t)
		randomEntries(t, s, random)
		compareList(t, s, random)
	}
}

// compareList compares the list of a store with the model.
func compareList(t *testing.T, s *repository.Store, random *rand.Rand) {
	t.Helper()
	all := model(t, s)
	unlike := 0
	for round := range 60 {
		f := randomFilter(random, all)
		if round == 0 {
			f = &content.EntriesFilter{}
		}
		o := content.Order{Field: []string{"NAME", "CREATED_AT", "UPDATED_AT", "PUBLISHED_AT"}[random.IntN(4)], Desc: random.IntN(2) == 0}
		want := slices.DeleteFunc(slices.Clone(all), func(m modelled) bool { return !selects(f, m, all) })
		slices.SortFunc(want, sorted(o))
		if n := len(want); n > 0 && n < len(all) {
			unlike++
		}
		comparePages(t, s, paged{f, o, 1 + random.IntN(9)}, want)
		n, err := s.CountEntries(t.Context(), f)
		if err != nil || n != len(want) {
			t.Fatalf("%+v: %d entries, want %d (%v)", f, n, len(want), err)
		}
		var digest content.EntriesDigest
		byType, byAuthor := map[string]int{}, map[string]int{}
		for _, m := range slices.Backward(want) {
			digest.Add(m.EntryID(), m.Revision)
			byType[string(m.Type)]++
			byAuthor[m.By]++
		}
		if got, err := s.EntriesDigest(t.Context(), f); err != nil || got != digest {
			t.Fatalf("%+v: digest %v, want %v (%v)", f, got, digest, err)
		}
		facets, err := s.EntriesFacets(t.Context(), f, []string{"TYPE", "AUTHOR"}, 10)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []map[string]int{byType, byAuthor} {
			got := map[string]int{}
			for _, v := range facets[i].Values {
				got[v.Value] = v.Count
			}
			if d := gocmp.Diff(want, got); d != "" {
				t.Fatalf("%+v: facet (-want +got):\n%s", f, d)
			}
		}
	}
	if unlike < 15 {
		t.Errorf("only %d filters select some entries and not others", unlike)
	}
}

// paged is a list that is read some entries at a time.
type paged struct {
	filter *content.EntriesFilter
	order  content.Order
	size   int
}

// comparePages reads a list page by page and compares it with what is wanted.
func comparePages(t *testing.T, s *repository.Store, p paged, want []modelled) {
	t.Helper()
	w := content.Window{Limit: p.size}
	got := []content.ListedEntry{}
	for more := true; more; {
		page, err := s.Entries(t.Context(), p.filter, p.order, w)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Items {
			got = append(got, *e)
		}
		if more = page.HasNext; more {
			w.After = new(page.Items[p.size-1].Position(p.order))
		}
	}
	plain := []content.ListedEntry{}
	for _, m := range want {
		plain = append(plain, m.ListedEntry)
	}
	sort := cmpopts.SortSlices(func(a, b content.ScheduleAction) bool { return a < b })
	if d := gocmp.Diff(plain, got, cmpopts.EquateEmpty(), sort); d != "" {
		t.Fatalf("%+v (-want +got):\n%s", p, d)
	}
}

// TestBulkGoesOnElsewhere begins a write in steps on one replica, loses the second step, and continues on another.
func TestBulkGoesOnElsewhere(t *testing.T) {
	var opened mongodb.Options
	one := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	two, err := repository.Open(opened, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = two.Close(context.WithoutCancel(t.Context())) })
	var pages []content.Entry
	for i := range content.MaxRelease + 2 {
		slug := fmt.Sprintf("p%03d", i)
		pages = append(pages, &content.Page{Meta: content.Meta{Type: content.TypePage, Key: slug, Slug: slug, Name: slug, Summary: "A page."}})
	}
	for part := range slices.Chunk(pages, content.MaxBatch) {
		storetest.Put(t, one, part...)
	}
	drafts := &content.EntriesFilter{Status: &content.PublicationStatusFilter{In: []content.PublicationStatus{content.StatusDraft}}}
	digest, err := one.EntriesDigest(t.Context(), drafts)
	if err != nil {
		t.Fatal(err)
	}
	b := content.Bulk{Action: content.BulkPublish, Filter: drafts, Expected: content.EntriesExpected{Count: digest.Count, Digest: digest.String()}}
	out, err := one.Bulk(t.Context(), me, b)
	first := mustOutcome(t, out, err)
	if first.Bulk.Done != content.MaxRelease || first.Bulk.Remaining != 2 {
		t.Fatalf("state %+v", first.Bulk)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := one.Bulk(ended, me, b); err == nil {
		t.Error("a step has happened after its end")
	}
	out, err = two.Bulk(t.Context(), me, b)
	if got := mustOutcome(t, out, err); got.Bulk.Done != 2 || got.Bulk.Remaining != 0 {
		t.Fatalf("state %+v", got.Bulk)
	}
	out, err = two.Bulk(t.Context(), me, b)
	mustRefuse(t, out, err, "CONFLICT expected")
	out, err = two.Undo(t.Context(), me, first.Seq)
	mustOutcome(t, out, err)
	if n, err := one.CountEntries(t.Context(), drafts); err != nil || n != content.MaxRelease {
		t.Errorf("%d are drafts again, want %d (%v)", n, content.MaxRelease, err)
	}
}
