package porting

import (
	"context"
	"fmt"
	"slices"

	"patternhub/internal/content"
)

// releases publishes groups of entries in steps. Each step is atomic, and what an entry needs is
// published in the same step or an earlier one, so readers see a graph without gaps all the time. The
// exception is a group that is too large for one step: the report says so.
type releases struct {
	in         *intake
	candidates map[content.ID]*candidate
	// groups are those that are left; the first may have lost entries that are published.
	groups [][]content.ID
	speed  *pace
	total  int
	// split means that the first group is published in several steps.
	split bool
	// failures counts the failed attempts since the last step. They may have published the first
	// doubtful entries all the same.
	failures, doubtful int
}

// releaseAll publishes groups of entries, those that others need first.
func (in *intake) releaseAll(ctx context.Context, groups [][]content.ID, candidates map[content.ID]*candidate) error {
	r := &releases{in: in, candidates: candidates, groups: groups, speed: newPace(content.MaxRelease)}
	for _, g := range groups {
		r.total += len(g)
	}
	if in.report.Unpublished = r.total; r.total == 0 {
		return nil
	}
	return in.insist(ctx, r.speed, r.step)
}

// step publishes the next entries; see insist.
func (r *releases) step(ctx context.Context) (n int, more bool, err error) {
	ids, groups := r.next()
	left := ids
	if r.doubtful > 0 {
		if left, err = r.in.unpublished(ctx, ids); err != nil {
			return 0, true, err
		}
	}
	refused, err := r.release(ctx, left)
	if err != nil {
		r.failures, r.doubtful = r.failures+1, max(r.doubtful, len(ids))
		return 0, true, err
	}
	r.doubtful = max(0, r.doubtful-len(ids))
	if r.failures, r.groups = 0, r.groups[groups:]; groups == 0 {
		r.groups[0] = r.groups[0][len(ids):]
	} else {
		r.split = false
	}
	report := r.in.report
	report.Problems = append(report.Problems, refused...)
	report.Published += len(ids) - len(refused)
	report.Unpublished -= len(ids)
	r.in.progress("publishing", r.total-report.Unpublished, r.total)
	return len(ids), len(r.groups) > 0, nil
}

// wholeTries is the number of attempts to publish a group larger than the pace in one step.
const wholeTries = 2

// next returns the entries of the next step, and the number of groups that it completes: as many
// groups as the pace allows. A single group may be larger than that, up to the bound of a release; only
// if that failed, or if it is larger still, is a part of it returned.
func (r *releases) next() (ids []content.ID, groups int) {
	most, size := r.speed.now(), 0
	for _, g := range r.groups {
		bytes := 0
		for _, id := range g {
			bytes += r.candidates[id].bytes
		}
		if groups > 0 && (len(ids)+len(g) > most || size+bytes > maxBatchBytes) {
			break
		}
		ids, size, groups = append(ids, g...), size+bytes, groups+1
	}
	if len(ids) <= most && size <= maxBatchBytes {
		return ids, groups
	}
	if r.failures < wholeTries && !r.split && len(ids) <= content.MaxRelease {
		return ids, groups
	}
	if !r.split {
		r.split = true
		r.in.report.Notes = append(r.in.report.Notes, r.candidates[ids[0]].problem(
			"is published in several steps with %d others: they need each other, and are too many for one step; until the last one, readers see some of them without what they refer to", len(ids)-1))
	}
	for size, i := 0, 0; i < len(ids); i++ {
		if size += r.candidates[ids[i]].bytes; i > 0 && (i == most || size > maxBatchBytes) {
			return ids[:i], 0
		}
	}
	return ids, groups
}

// unpublished returns those entries whose working copies are not published as they are.
func (in *intake) unpublished(ctx context.Context, ids []content.ID) ([]content.ID, error) {
	heads, err := headsOf(ctx, in.store.At(content.Drafts), ids)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id content.ID) bool {
		return heads[id] == nil || heads[id].Status == content.StatusPublished
	}), nil
}

// release publishes entries in one call, or in halves if that is refused, and returns why the others
// are not published. Halving finds the faulty entries with few publishes, and leaves only those out.
func (r *releases) release(ctx context.Context, ids []content.ID) ([]Problem, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	_, err := r.in.store.Publish(ctx, r.in.opts.By, ids...)
	switch {
	case err == nil:
		return nil, nil
	case ctx.Err() != nil || passing(err):
		return nil, fmt.Errorf("publish: %w", err)
	case len(ids) == 1:
		return []Problem{r.candidates[ids[0]].problem("cannot be published: %s", safe(err))}, nil
	}
	half := len(ids) / 2
	first, err := r.release(ctx, ids[:half])
	if err != nil {
		return nil, err
	}
	second, err := r.release(ctx, ids[half:])
	return append(first, second...), err
}
