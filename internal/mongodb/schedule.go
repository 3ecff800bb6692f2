package mongodb

import (
	"context"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/internal/content"
)

// schedulesName is the collection of schedules.
const schedulesName = "schedules"

// planned is a schedule as it is stored.
// The id is made of the entry and the action, so that a new schedule replaces the old one.
type planned struct {
	ID               string `bson:"_id"`
	content.Schedule `bson:",inline"`
}

// plannedID returns the id of the document of a schedule, since an entry has one of each action.
func plannedID(id content.ID, action content.ScheduleAction) string {
	return strings.Join([]string{string(id.Type), id.Key, string(action)}, ":")
}

// Schedule sets a schedule.
func (t *transaction) Schedule(p content.Schedule) {
	row := planned{ID: plannedID(p.EntryID(), p.Action), Schedule: p}
	t.also(schedulesName, mongo.NewReplaceOneModel().SetFilter(byID(row.ID)).SetReplacement(row).SetUpsert(true))
	t.scheduleRow(p.EntryID(), "$addToSet", p.Action)
}

// Unschedule removes schedules.
func (t *transaction) Unschedule(id content.ID, actions ...content.ScheduleAction) {
	for _, action := range actions {
		t.also(schedulesName, mongo.NewDeleteOneModel().SetFilter(byID(plannedID(id, action))))
	}
	t.scheduleRow(id, "$pull", actions...)
}

// EndSchedule sets the state of a waiting schedule.
func (t *transaction) EndSchedule(ctx context.Context, p content.Schedule) (bool, error) {
	res, err := t.store.db.Collection(schedulesName).UpdateOne(ctx,
		bson.D{{Key: "_id", Value: plannedID(p.EntryID(), p.Action)}, {Key: "state", Value: content.ScheduleWaiting}, {Key: "at", Value: p.At}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "state", Value: p.State}, {Key: "problem", Value: p.Problem}}}})
	if err != nil {
		return false, err //nolint:wrapcheck // the driver retries by the labels of its own errors
	}
	t.scheduleRow(p.EntryID(), "$pull", p.Action)
	return res.MatchedCount > 0, nil
}

// Waiting lists waiting schedules; see content.Transactor.
func (s *Store) Waiting(ctx context.Context, limit int) ([]content.Schedule, error) {
	return s.planned(ctx, bson.D{{Key: "state", Value: content.ScheduleWaiting}}, limit)
}

// Schedules lists schedules that wait or have failed; see content.Author.
func (s *Store) Schedules(ctx context.Context, limit int) (out []content.Schedule, err error) {
	ctx, done := asOf(ctx, s.db)
	defer done(&err)
	return s.planned(ctx, bson.D{{Key: "state", Value: bson.D{{Key: "$ne", Value: content.ScheduleDone}}}}, limit)
}

// planned reads the schedules that match a condition, the next one first.
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
