package porting_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/porting"
	"patternhub/internal/porting/sample"
	"patternhub/internal/repository"
)

// faulty is a store whose writes fail as those of a busy server do.
type faulty struct {
	*repository.Store
	// fail reports whether a write of n entries fails, and whether it is committed all the same.
	fail func(n int) (fails, committed bool)
	// releases are the entries of each publish that was committed.
	releases [][]content.ID
}

var errBusy = content.Wrap(content.Unavailable, "Busy.", errors.New("busy"))

func (f *faulty) Put(ctx context.Context, by string, entries ...content.Entry) ([]content.Entry, error) {
	fails, committed := f.fail(len(entries))
	if fails && !committed {
		return nil, errBusy
	}
	out, err := f.Store.Put(ctx, by, entries...)
	if err == nil && fails {
		return nil, errBusy
	}
	return out, err
}

func (f *faulty) Publish(ctx context.Context, by string, ids ...content.ID) ([]content.Entry, error) {
	fails, committed := f.fail(len(ids))
	if fails && !committed {
		return nil, errBusy
	}
	out, err := f.Store.Publish(ctx, by, ids...)
	if err == nil {
		f.releases = append(f.releases, ids)
	}
	if err == nil && fails {
		return nil, errBusy
	}
	return out, err
}

// records returns a sample as NDJSON, and its entries.
func records(t *testing.T, o sample.Options) ([]byte, map[content.ID]content.Entry) {
	t.Helper()
	var text bytes.Buffer
	if err := sample.Write(&text, o); err != nil {
		t.Fatal(err)
	}
	entries := map[content.ID]content.Entry{}
	if err := sample.Each(o, func(e content.Entry) error { entries[e.ID()] = e; return nil }); err != nil {
		t.Fatal(err)
	}
	return text.Bytes(), entries
}

// mustHold checks that every entry was written once and published once, after what it needs.
func mustHold(t *testing.T, s *faulty, entries map[content.ID]content.Entry) {
	t.Helper()
	done := map[content.ID]int{}
	for n, step := range s.releases {
		for _, id := range step {
			if done[id] != 0 {
				t.Errorf("%s was published twice", id)
			}
			done[id] = n + 1
		}
	}
	for id, e := range entries {
		for _, r := range content.Needed(e) {
			if done[r.Target] == 0 || done[r.Target] > done[id] {
				t.Errorf("%s was published in step %d, but %s, which it needs, in %d", id, done[id], r.Target, done[r.Target])
			}
		}
	}
	mustBeWhole(t, s.Store, entries)
}

// mustBeWhole checks that both graphs have each entry, in its first revision.
func mustBeWhole(t *testing.T, s *repository.Store, entries map[content.ID]content.Entry) {
	t.Helper()
	for id := range entries {
		for _, p := range []content.Perspective{content.Drafts, content.Published} {
			found, err := s.At(p).Reader(id.Type).EntriesByKeys(t.Context(), []string{id.Key})
			if err != nil {
				t.Fatal(err)
			}
			if found[0] == nil || found[0].Head().Revision != 1 || found[0].Head().Status != content.StatusPublished {
				t.Errorf("%s in %s: %+v", id, p, found[0])
			}
		}
	}
}

func importRecords(t *testing.T, s porting.Store, text []byte) (*porting.Report, error) {
	t.Helper()
	return porting.ImportRecords(t.Context(), s, "sample.ndjson", bytes.NewReader(text), porting.Options{By: "test", Publish: true, Patience: 30 * time.Millisecond})
}

func TestAnImportEndsAlthoughWritesFail(t *testing.T) {
	for name, makeFail := range map[string]func() func(int) (bool, bool){
		"nothing fails": func() func(int) (bool, bool) { return func(int) (bool, bool) { return false, false } },
		"large writes fail": func() func(int) (bool, bool) {
			return func(n int) (bool, bool) { return n > 12, false }
		},
		"each second write fails": func() func(int) (bool, bool) {
			n := 0
			return func(int) (bool, bool) { n++; return n%2 == 1, false }
		},
		"each third answer is lost": func() func(int) (bool, bool) {
			n := 0
			return func(int) (bool, bool) { n++; return n%3 == 1, true }
		},
	} {
		t.Run(name, func(t *testing.T) {
			text, entries := records(t, sample.Options{Patterns: 120, Bytes: 3000})
			fail := makeFail()
			gate := make(chan struct{}, 1)
			s := &faulty{Store: open(t), fail: func(n int) (bool, bool) {
				gate <- struct{}{} // two batches are in work
				defer func() { <-gate }()
				return fail(n)
			}}
			report, err := porting.ImportRecords(t.Context(), s, "sample.ndjson", bytes.NewReader(text), porting.Options{By: "test", Publish: true})
			if err != nil || report.Err() != nil {
				t.Fatal(err, report, report.Problems)
			}
			want := porting.Report{Created: len(entries), Published: len(entries)}
			if diff := cmp.Diff(want.String(), report.String()); diff != "" {
				t.Error(diff)
			}
			if name == "large writes fail" { // the companies and their patterns are a larger circle
				if len(report.Notes) != 1 || !strings.Contains(report.Notes[0].What, "several steps") {
					t.Errorf("notes: %v", report.Notes)
				}
				mustBeWhole(t, s.Store, entries)
				return
			}
			mustHold(t, s, entries)
		})
	}
}

// TestAnImportThatGivesUpContinues ends an import in each of its steps, and repeats it.
func TestAnImportThatGivesUpContinues(t *testing.T) {
	text, entries := records(t, sample.Options{Patterns: 120, Bytes: 3000})
	s := &faulty{Store: open(t)}
	left := 0
	for _, after := range []int{0, 1, 3, 1} {
		n := 0
		s.fail = func(int) (bool, bool) { n++; return n > after, false }
		report, err := importRecords(t, s, text)
		if content.CodeOf(err) != content.Unavailable {
			t.Fatalf("after %d writes: %v, %s", after, err, report)
		}
		if report.Unwritten == 0 && report.Unpublished == 0 {
			t.Errorf("after %d writes nothing is left: %s", after, report)
		}
		if left != 0 && report.Unwritten > left {
			t.Errorf("after %d writes there are %d to write, %d before", after, report.Unwritten, left)
		}
		left = report.Unwritten
	}
	s.fail = func(int) (bool, bool) { return false, false }
	report, err := importRecords(t, s, text)
	if err != nil || report.Err() != nil || report.Unwritten+report.Unpublished > 0 {
		t.Fatal(err, report)
	}
	mustHold(t, s, entries)
	again, err := importRecords(t, s, text)
	if err != nil || again.Unchanged != len(entries) || again.Published != 0 {
		t.Errorf("the next import: %v, %s", err, again)
	}
}

// TestBothSidesInACircleArePublishedTogether imports patterns that need each other and are too many for one step. Both
// sides of a relation are published at once, however far apart they stand: if not, the first one has to be written again.
func TestBothSidesInACircleArePublishedTogether(t *testing.T) {
	const n = 1 << 10
	file := mustWrite(t, n, func(i int) *content.Pattern {
		p := madeUp(i)
		p.Relations = []content.RelationRow{
			{PatternKey: keyOf((5*i + 1) % n), Relation: "PREREQUISITE", Weight: 1}, // leads through all of them
			{PatternKey: keyOf(i ^ n/2), Relation: "COMPLEMENTS", Weight: 1},
		}
		return p
	})
	defer file.Close()
	s := &faulty{Store: golden(t), fail: func(int) (bool, bool) { return false, false }}
	report, err := porting.ImportRecords(t.Context(), s, "circle.ndjson", file, porting.Options{By: "test", Publish: true})
	if err != nil || report.Err() != nil || len(report.Notes) != 1 || report.Published != n {
		t.Fatal(err, report, report.Problems, report.Notes)
	}
	step := map[string]int{}
	for number, ids := range s.releases {
		for _, id := range ids {
			step[id.Key] = number
		}
	}
	apart := 0
	for i := range n / 2 {
		if step[keyOf(i)] != step[keyOf(i+n/2)] {
			apart++
		}
	}
	if apart > len(s.releases) {
		t.Errorf("%d of %d pairs were published apart in %d steps", apart, n/2, len(s.releases))
	}
}

func TestAFaultDoesNotKeepTheOthersOut(t *testing.T) {
	text, entries := records(t, sample.Options{Patterns: 120, Bytes: 3000})
	needed := map[content.ID]bool{}
	for _, e := range entries {
		for _, r := range content.Needed(e) {
			needed[r.Target] = true
		}
	}
	var idle []content.ID
	for id := range entries {
		if !needed[id] {
			idle = append(idle, id)
		}
	}
	s := &refusing{open(t), idle[:2], idle[2:4]}
	report, err := importRecords(t, s, text)
	if err != nil {
		t.Fatal(err)
	}
	want := porting.Report{Created: len(entries) - 2, Refused: 2, Published: len(entries) - 4}
	if diff := cmp.Diff(want.String(), report.String()); diff != "" {
		t.Error(diff)
	}
	for _, p := range report.Problems {
		if p.Line == 0 || !strings.Contains(p.What, "cannot be") {
			t.Error(p.Error())
		}
	}
	if len(report.Problems) != 4 {
		t.Errorf("there are %d problems", len(report.Problems))
	}
}

// refusing is a store that refuses four entries.
type refusing struct {
	*repository.Store
	puts, publishes []content.ID
}

var errRefused = content.Fault(content.Conflict, "Refused.")

func (s *refusing) Put(ctx context.Context, by string, entries ...content.Entry) ([]content.Entry, error) {
	for _, e := range entries {
		if slices.Contains(s.puts, e.ID()) {
			return nil, errRefused
		}
	}
	return s.Store.Put(ctx, by, entries...)
}

func (s *refusing) Publish(ctx context.Context, by string, ids ...content.ID) ([]content.Entry, error) {
	for _, id := range ids {
		if slices.Contains(s.publishes, id) {
			return nil, errRefused
		}
	}
	return s.Store.Publish(ctx, by, ids...)
}

// TestAPruneWhoseAnswerIsLostIsRepeated loses the answer to the first deletion.
func TestAPruneWhoseAnswerIsLostIsRepeated(t *testing.T) {
	tree := files(map[string]string{"a.md": "# A\n", "b.md": "# B\n", "c.md": "# C\n", "d.md": "# D\n", "e.md": "# E\n"})
	s := &losing{Store: open(t)}
	o := options()
	o.Tree, o.Prune = "tree", true
	mustImport(t, s, tree, o)
	delete(tree, "a.md")
	delete(tree, "b.md")
	report := mustImport(t, s, tree, o)
	if report.Pruned != 2 || report.Err() != nil || s.removals < 2 {
		t.Errorf("%s after %d deletions, %v", report, s.removals, report.Err())
	}
}

// losing is a store that loses the answer to its first deletion.
type losing struct {
	*repository.Store
	removals int
}

func (s *losing) Remove(ctx context.Context, r content.Request, what content.Release) (*content.Outcome, error) {
	s.removals++
	out, err := s.Store.Remove(ctx, r, what)
	if s.removals == 1 && err == nil {
		return nil, errBusy
	}
	return out, err
}
