package repository_test

import (
	"context"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository/storetest"
)

// TestWritesCost checks the number of commands of each kind of write, its commit included. Withdraw
// and Remove search all types for references.
func TestWritesCost(t *testing.T) {
	commands, types := 0, len(content.Types())
	s := openAuthored(t, func(o *mongodb.Options) {
		o.Monitor = &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
			switch e.CommandName {
			case "find", "aggregate", "insert", "update", "delete", "bulkWrite", "findAndModify", "commitTransaction", "abortTransaction", "killCursors", "getMore":
				commands++
			}
		}}
	})
	saga, outbox := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID(), mustSave(t, s, edit(publishable("outbox"), content.ID{})).ID()
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	one := 1
	for _, tt := range []struct {
		name  string
		write func() (*content.Outcome, error)
		want  int
	}{
		{"a new entry", func() (*content.Outcome, error) {
			return s.Save(t.Context(), me, edit(publishable("new"), content.ID{}))
		}, 9},
		{"a change under a key", func() (*content.Outcome, error) {
			return s.Save(t.Context(), content.Request{By: "author", Key: "k"}, edit(&content.Pattern{Problem: "New."}, saga, "problem"))
		}, 12},
		{"a change of nothing", func() (*content.Outcome, error) {
			return s.Save(t.Context(), me, edit(&content.Pattern{Problem: "New."}, saga, "problem"))
		}, 6}, // one of them reads the number of the last change
		{"a merge", func() (*content.Outcome, error) {
			e := edit(&content.Pattern{Solution: "New."}, saga, "solution")
			e.IfRevision, e.Merge = &one, content.MergeFields
			return s.Save(t.Context(), me, e)
		}, 13},
		{"a symmetric relation", func() (*content.Outcome, error) {
			return s.Save(t.Context(), me, edit(&content.Pattern{Relations: complements("saga")}, outbox, "relatedPatterns"))
		}, 12},
		{"a release", func() (*content.Outcome, error) { return s.Release(t.Context(), me, only(saga)) }, 14}, // two of them for its undo
		{"a release with its mirror", func() (*content.Outcome, error) {
			return s.Release(t.Context(), me, content.Release{IDs: []content.ID{outbox}, Cascade: true})
		}, 17},
		{"a withdrawal", func() (*content.Outcome, error) { return s.Withdraw(t.Context(), me, only(outbox)) }, 16 + types},
		{"a plan", func() (*content.Outcome, error) {
			return s.Plan(t.Context(), me, content.Intent{ID: saga, Action: content.SchedulePublish, At: &at})
		}, 4},
		{"a plan taken back", func() (*content.Outcome, error) {
			return s.Plan(t.Context(), me, content.Intent{ID: saga, Action: content.SchedulePublish})
		}, 4},
		{"a removal", func() (*content.Outcome, error) {
			return s.Remove(t.Context(), me, content.Release{IDs: []content.ID{saga, outbox}})
		}, 16 + 2*types}, // one of them ends autosaves
		{"a restore", func() (*content.Outcome, error) { return s.Restore(t.Context(), me, saga, 1, nil) }, 13},
		{"plain writes", func() (*content.Outcome, error) {
			_, err := s.Put(t.Context(), "test", storetest.Tier("silver", 2), storetest.Pattern("plain", "Plain", 1))
			return &content.Outcome{}, err
		}, 12},
		{"a plain publish", func() (*content.Outcome, error) {
			_, err := s.Publish(t.Context(), "test", content.ID{Type: content.TypePattern, Key: "plain"})
			return &content.Outcome{}, err
		}, 10},
		{"a plain delete", func() (*content.Outcome, error) {
			return &content.Outcome{}, s.Delete(t.Context(), "test", content.ID{Type: content.TypePattern, Key: "plain"})
		}, 11},
	} {
		commands = 0
		out, err := tt.write()
		mustOutcome(t, out, err)
		if commands != tt.want {
			t.Errorf("%s: %d commands, want %d", tt.name, commands, tt.want)
		}
	}
}
