package mongodb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

// schedulesName keeps what is to happen at a time to come.
const schedulesName = "schedules"

// planned is a schedule as it is kept.
// The id is made of the entry and the action: planning again replaces what was planned before.
type planned struct {
	ID               string `bson:"_id"`
	content.Schedule `bson:",inline"`
}

func plannedID(id content.ID, action content.ScheduleAction) string {
	return strings.Join([]string{string(id.Type), id.Key, string(action)}, ":")
}

// Plan schedules an action; see content.Author.
// Only the time and the revision are checked, not whether a publish would be allowed now: what it
// refers to may be published until then. Times are cut to milliseconds, as BSON keeps them, because
// perform compares them for equality.
func (s *Store) Plan(ctx context.Context, r content.Request, want content.Intent) (*content.Outcome, error) {
	return s.author(ctx, r, func(ctx context.Context, d *act) error {
		e, err := s.one(ctx, want.ID)
		if err != nil {
			return err
		}
		if e == nil {
			d.refuse(content.ErrNotFound, "There is no entry with that id.", "id")
			return nil
		}
		if want.IfRevision != nil && *want.IfRevision != e.Head().Revision {
			d.outdated(e, "")
		}
		if want.At != nil && want.At.Before(d.at) {
			d.refuse(content.ErrInvalid, "The time has passed.", "at")
		}
		if len(d.out.Errors) > 0 {
			return nil
		}
		d.out.Entries = []content.Entry{e}
		coll, name := s.db.Collection(schedulesName), byID(plannedID(want.ID, want.Action))
		if want.At == nil {
			_, err := coll.DeleteOne(ctx, name)
			return err //nolint:wrapcheck // the driver retries by the labels of its own errors
		}
		p := planned{ID: plannedID(want.ID, want.Action), Schedule: content.Schedule{
			Type: want.ID.Type, Key: want.ID.Key, Action: want.Action, At: want.At.UTC().Truncate(time.Millisecond), State: content.ScheduleWaiting, By: r.By,
		}}
		d.out.Schedule = &p.Schedule
		_, err = coll.ReplaceOne(ctx, name, p, options.Replace().SetUpsert(true))
		return err //nolint:wrapcheck // as above
	})
}

// unplan forgets the schedules of an entry, within a transaction.
func (s *Store) unplan(ctx context.Context, id content.ID) error {
	_, err := s.db.Collection(schedulesName).DeleteMany(ctx, bson.D{{Key: "type", Value: id.Type}, {Key: "key", Value: id.Key}})
	return err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// Schedules lists what waits or has failed; see content.Author.
func (s *Store) Schedules(ctx context.Context, limit int) ([]content.Schedule, error) {
	return s.planned(ctx, bson.D{{Key: "state", Value: bson.D{{Key: "$ne", Value: content.ScheduleDone}}}}, limit)
}

// planned reads schedules that fit a condition, the next one first.
func (s *Store) planned(ctx context.Context, cond bson.D, limit int) ([]content.Schedule, error) {
	cur, err := s.db.Collection(schedulesName).Find(ctx, cond, oneReply(limit).SetSort(bson.D{{Key: "at", Value: 1}, {Key: "_id", Value: 1}}))
	if err != nil {
		return nil, translate("read schedules", err)
	}
	var out []content.Schedule
	for cur.Next(ctx) {
		var p planned
		if err := bson.Unmarshal(cur.Current, &p); err != nil {
			return nil, fmt.Errorf("decode schedule: %w", err)
		}
		out = append(out, p.Schedule)
	}
	return out, translate("read schedules", closed(ctx, cur))
}

// Due does what schedules have come to; see content.Author.
// It performs one after the other until nothing is due. A fault ends it; the schedule waits and is
// tried again by the next call. One that fails by its content is marked and not tried again.
func (s *Store) Due(ctx context.Context) (*time.Time, error) {
	waiting := bson.D{{Key: "state", Value: content.ScheduleWaiting}}
	for {
		next, err := s.planned(ctx, waiting, 1)
		if err != nil || len(next) == 0 {
			return nil, err
		}
		if next[0].At.After(s.now()) {
			return &next[0].At, nil
		}
		if err := s.perform(ctx, next[0]); err != nil {
			return nil, err
		}
	}
}

// errElsewhere ends the transaction of a schedule that another replica has done.
var errElsewhere = errors.New("the schedule is done elsewhere")

// perform does one schedule. That it is done is written in the same transaction, so that it
// happens once whatever the number of replicas.
// The time is part of the condition, so a schedule that was moved meanwhile is not performed at its
// old time. What is refused is noted outside of the transaction, which a refusal takes back.
func (s *Store) perform(ctx context.Context, p content.Schedule) error {
	end := func(ctx context.Context, state content.ScheduleState, problem *string) error {
		res, err := s.db.Collection(schedulesName).UpdateOne(ctx,
			bson.D{{Key: "_id", Value: plannedID(p.EntryID(), p.Action)}, {Key: "state", Value: content.ScheduleWaiting}, {Key: "at", Value: p.At}},
			bson.D{{Key: "$set", Value: bson.D{{Key: "state", Value: state}, {Key: "problem", Value: problem}}}})
		if err == nil && res.MatchedCount == 0 {
			return errElsewhere
		}
		return err //nolint:wrapcheck // the driver retries by the labels of its own errors
	}
	out, err := s.author(ctx, content.Request{By: p.By}, func(ctx context.Context, d *act) error {
		if err := end(ctx, content.ScheduleDone, nil); err != nil {
			return err
		}
		what := content.Release{IDs: []content.ID{p.EntryID()}}
		if p.Action == content.ScheduleUnpublish {
			return s.withdraw(ctx, d, what)
		}
		return s.release(ctx, d, what)
	})
	if err == nil && len(out.Errors) > 0 {
		err = translate("note a failed schedule", end(ctx, content.ScheduleFailed, &out.Errors[0].Message))
	}
	if errors.Is(err, errElsewhere) || errors.Is(err, mongo.ErrNoDocuments) {
		return nil
	}
	return err
}
