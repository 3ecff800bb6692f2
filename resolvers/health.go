package resolvers

import (
	"context"
	"time"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
	"patternhub/loaders"
)

// Health records observations.
type Health struct {
	Store interface {
		Record(ctx context.Context, r content.Request, o *content.Observation) (*content.Outcome, error)
	}
	// Now returns the time.
	Now func() time.Time
}

// healthOf returns the health of a pattern, or nil for an empty key. The loaders batch the
// patterns of a list, so all their healths cost one command.
func healthOf(ctx context.Context, pattern string) (*content.PatternHealth, error) {
	if pattern == "" {
		return nil, nil
	}
	t := loaders.For(ctx).Tables
	seen, err := t.Observations(ctx, pattern)
	if err != nil {
		return nil, err
	}
	scoring, err := t.Scoring(ctx)
	if err != nil {
		return nil, err
	}
	return advisor.Health(pattern, seen, scoring), nil
}

// dashboard sums up the health of the patterns that match, sorted by score unless orderBy says
// otherwise. It reads all patterns of the viewer's perspective; allPatterns bounds their number.
func dashboard(ctx context.Context, filter *content.HealthFilter, orderBy *content.OrderBy) (*content.HealthDashboard, error) {
	order := content.Order{Field: "SCORE", Desc: true}
	if orderBy != nil {
		order = orderBy.Order()
	}
	var o advisor.Overview
	var err error
	if o.Patterns, err = allPatterns(ctx); err != nil {
		return nil, err
	}
	if o.Tiers, err = loaders.For(ctx).Tiers.All(ctx, content.Order{Field: "RANK"}); err != nil {
		return nil, err
	}
	if o.Scoring, err = loaders.For(ctx).Tables.Scoring(ctx); err != nil {
		return nil, err
	}
	if o.Healths, err = healthOfAll(ctx, o.Patterns); err != nil {
		return nil, err
	}
	return advisor.Dashboard(o, filter, order)
}

// recordHealth records an observation. Access is checked before a mutation is called. A figure of
// the same pattern, metric and month is replaced. It drops the observations that the loaders have
// read, so that fields below the payload see the new figure.
func (r *Resolver) recordHealth(ctx context.Context, input content.PatternHealthRecordInput) (*content.PatternHealthRecordPayload, error) {
	out := &content.PatternHealthRecordPayload{}
	l := loaders.For(ctx)
	pattern, err := l.Patterns.BySlug(ctx, input.Pattern)
	if err != nil {
		return nil, err
	}
	o, wrong := advisor.Observed(input, pattern, r.Health.Now())
	if out.UserErrors = wrong; len(wrong) > 0 {
		return out, nil
	}
	req := r.request(ctx)
	if err := checked(req); err != nil {
		return nil, err
	}
	done, err := r.Health.Store.Record(ctx, req, o)
	if err != nil {
		return nil, err
	}
	if out.UserErrors = done.Errors; len(done.Errors) > 0 {
		return out, nil
	}
	l.Tables.Observed(ctx, pattern.Key)
	out.PatternKey, out.Observation = pattern.Key, done.Observation
	return out, nil
}
