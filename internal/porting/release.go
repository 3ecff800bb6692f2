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
	in *intake
	// entries are those to be published, by number.
	entries []*candidate
	// groups are those that are left; the first may have lost entries that are published.
	groups [][]int32
	speed  *pace
	total  int
	// split means that the first group is published in several steps.
	split bool
	// failures counts the failed attempts since the last step. They may have published the first
	// doubtful entries all the same.
	failures, doubtful int
}

// releaseAll publishes groups of entries, those that others need first.
func (in *intake) releaseAll(ctx context.Context, entries []*candidate, groups [][]int32) error {
	r := &releases{in: in, entries: entries, groups: groups, speed: newPace(content.MaxRelease)}
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
	list, groups := r.next()
	left := list
	if r.doubtful > 0 {
		if left, err = r.in.unpublished(ctx, list); err != nil {
			return 0, true, err
		}
	}
	refused, err := r.release(ctx, left)
	if err != nil {
		r.failures, r.doubtful = r.failures+1, max(r.doubtful, len(list))
		return 0, true, err
	}
	r.doubtful = max(0, r.doubtful-len(list))
	if r.failures, r.groups = 0, r.groups[groups:]; groups == 0 {
		r.groups[0] = r.groups[0][len(list):]
	} else {
		r.split = false
	}
	report := r.in.report
	report.Problems = append(report.Problems, refused...)
	report.Published += len(list) - len(refused)
	report.Unpublished -= len(list)
	r.in.progress("publishing", r.total-report.Unpublished, r.total)
	return len(list), len(r.groups) > 0, nil
}

// wholeTries is the number of attempts to publish a group larger than the pace in one step.
const wholeTries = 2

// next returns the entries of the next step, and the number of groups that it completes: as many
// groups as the pace allows. A single group may be larger than that, up to the bound of a release; only
// if that failed, or if it is larger still, is a part of it returned.
func (r *releases) next() (list []*candidate, groups int) {
	most, size := r.speed.now(), 0
	for _, g := range r.groups {
		bytes := 0
		for _, i := range g {
			bytes += r.entries[i].bytes
		}
		if groups > 0 && (len(list)+len(g) > most || size+bytes > maxBatchBytes) {
			break
		}
		for _, i := range g {
			list = append(list, r.entries[i])
		}
		size, groups = size+bytes, groups+1
	}
	if len(list) <= most && size <= maxBatchBytes {
		return list, groups
	}
	if r.failures < wholeTries && !r.split && len(list) <= content.MaxRelease {
		return list, groups
	}
	if !r.split {
		r.split = true
		r.in.report.Notes = append(r.in.report.Notes, list[0].problem(
			"is published in several steps with %d others: they need each other, and are too many for one step; until the last one, readers see some of them without what they refer to", len(list)-1))
	}
	for size, i := 0, 0; i < len(list); i++ {
		if size += list[i].bytes; i > 0 && (i == most || size > maxBatchBytes) {
			return list[:i], 0
		}
	}
	return list, groups
}

// unpublished returns those entries whose working copies are not published as they are.
func (in *intake) unpublished(ctx context.Context, list []*candidate) ([]*candidate, error) {
	heads, err := headsOf(ctx, in.store.At(content.Drafts), idsOf(list))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(list), func(c *candidate) bool {
		h := heads[c.id()]
		return h == nil || h.status == content.StatusPublished
	}), nil
}

// release publishes entries in one call, or in halves if that is refused, and returns why the others
// are not published. Halving finds the faulty entries with few publishes, and leaves only those out.
func (r *releases) release(ctx context.Context, list []*candidate) ([]Problem, error) {
	if len(list) == 0 {
		return nil, nil
	}
	_, err := r.in.store.Publish(ctx, r.in.opts.By, idsOf(list)...)
	switch {
	case err == nil:
		return nil, nil
	case ctx.Err() != nil || passing(err):
		return nil, fmt.Errorf("publish: %w", err)
	case len(list) == 1:
		return []Problem{list[0].problem("cannot be published: %s", safe(err))}, nil
	}
	half := len(list) / 2
	first, err := r.release(ctx, list[:half])
	if err != nil {
		return nil, err
	}
	second, err := r.release(ctx, list[half:])
	return append(first, second...), err
}
