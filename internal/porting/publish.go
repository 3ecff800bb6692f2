package porting

import (
	"context"
	"fmt"

	"patternhub/internal/content"
)

// publish publishes the imported entries that are not published as they are, including those that
// an earlier import left unpublished.
func (in *intake) publish(ctx context.Context) error {
	if !in.opts.Publish || in.opts.DryRun {
		return nil
	}
	var ids []content.ID
	candidates := map[content.ID]*candidate{}
	for _, t := range content.Types() {
		for _, c := range in.candidates {
			if c.name.Type == t && in.byName[c.name] == c && c.held == "" {
				ids, candidates[c.id()] = append(ids, c.id()), c
			}
		}
	}
	heads, err := headsOf(ctx, in.store.At(content.Drafts), ids)
	if err != nil {
		return err
	}
	release := ids[:0]
	for _, id := range ids {
		if h := heads[id]; h != nil && h.Status != content.StatusPublished {
			release = append(release, id)
		}
	}
	groups, err := in.publishable(ctx, release, candidates)
	if err != nil {
		return err
	}
	return in.releaseAll(ctx, groups, candidates)
}

// publishable returns the entries that may be published, as order sorts them: those that satisfy the
// editorial rules and refer to nothing that stays unpublished. An import can be larger than a release,
// so the rules of a release are applied to all of it here.
func (in *intake) publishable(ctx context.Context, ids []content.ID, candidates map[content.ID]*candidate) ([][]content.ID, error) {
	refs, err := in.editorial(ctx, ids, candidates)
	if err != nil {
		return nil, err
	}
	var outside []content.ID
	for _, list := range refs {
		for _, r := range list {
			if _, among := refs[r.Target]; !among {
				outside = append(outside, r.Target)
			}
		}
	}
	published, err := headsOf(ctx, in.store.At(content.Published), outside)
	if err != nil {
		return nil, err
	}
	drafts, err := headsOf(ctx, in.store.At(content.Drafts), outside)
	if err != nil {
		return nil, err
	}
	slug := func(id content.ID) string {
		if c := candidates[id]; c != nil {
			return c.name.Slug
		}
		if h := drafts[id]; h != nil {
			return h.Slug
		}
		return id.Key
	}
	// Without one entry, another may refer to something unpublished.
	for more := true; more; {
		more = false
		for _, id := range ids {
			for _, r := range refs[id] {
				if _, among := refs[r.Target]; !among && published[r.Target] == nil {
					in.report.Problems = append(in.report.Problems, candidates[id].problem("cannot be published: %s refers to the %s %q, which is not published", r.Place, r.Target.Type.Name(), slug(r.Target)))
					delete(refs, id)
					more = true
					break
				}
			}
		}
	}
	var out []content.ID
	for _, id := range ids {
		if _, ok := refs[id]; ok {
			out = append(out, id)
		}
	}
	return order(out, refs), nil
}

// editorial returns the references of the entries that satisfy the editorial rules, and reports the
// problems of the others.
func (in *intake) editorial(ctx context.Context, ids []content.ID, candidates map[content.ID]*candidate) (map[content.ID][]content.Reference, error) {
	byType := content.KeysByType(ids)
	refs := make(map[content.ID][]content.Reference, len(ids))
	for _, t := range content.Types() {
		for chunk := range chunks(byType[t], content.MaxBatch) {
			found, err := in.store.At(content.Drafts).Reader(t).PagesByKeys(ctx, chunk)
			if err != nil {
				return nil, fmt.Errorf("read what is to be published: %w", err)
			}
			for _, e := range found {
				if e == nil {
					continue // deleted since it was listed
				}
				c, wrong := candidates[e.ID()], content.Validate(e, true)
				for _, w := range wrong {
					in.report.Problems = append(in.report.Problems, c.problem("cannot be published: %s", w.Message))
				}
				if len(wrong) == 0 {
					refs[c.id()] = in.shared(content.Needed(e))
				}
			}
		}
	}
	return refs, nil
}
