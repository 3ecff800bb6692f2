package porting

import (
	"context"
	"fmt"

	"patternhub/internal/content"
)

// publish publishes the imported entries that are not published as they are, including those that
// an earlier import left unpublished. Each chunk is atomic, and types that others refer to come
// first.
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
	if release, err = in.publishable(ctx, release, candidates); err != nil {
		return err
	}
	done := 0
	for chunk := range chunks(release, content.MaxRelease) {
		if err := in.release(ctx, chunk, candidates); err != nil {
			return err
		}
		done += len(chunk)
		in.progress("publishing", done, len(release))
	}
	return nil
}

// publishable returns the entries that may be published: those that satisfy the editorial rules and
// refer to nothing that stays unpublished. An import can be larger than a release, so the rules of
// a release are applied to all of it here; its releases then depend on one another.
func (in *intake) publishable(ctx context.Context, ids []content.ID, candidates map[content.ID]*candidate) ([]content.ID, error) {
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
	return out, nil
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
				wrong := content.Validate(e, true)
				for _, w := range wrong {
					in.report.Problems = append(in.report.Problems, candidates[e.ID()].problem("cannot be published: %s", w.Message))
				}
				if len(wrong) == 0 {
					refs[e.ID()] = content.Needed(e)
				}
			}
		}
	}
	return refs, nil
}

// release publishes entries in one call, or in halves if that is refused. Halving finds the faulty
// entries with few publishes, and leaves only those out.
func (in *intake) release(ctx context.Context, ids []content.ID, candidates map[content.ID]*candidate) error {
	_, err := in.store.Publish(ctx, in.opts.By, ids...)
	switch {
	case err == nil:
		in.report.Published += len(ids)
		return nil
	case ctx.Err() != nil || content.CodeOf(err) == content.Unavailable:
		return fmt.Errorf("publish: %w", err)
	case len(ids) == 1:
		in.report.Problems = append(in.report.Problems, candidates[ids[0]].problem("cannot be published: %s", safe(err)))
		return nil
	}
	half := len(ids) / 2
	if err := in.release(ctx, ids[:half], candidates); err != nil {
		return err
	}
	return in.release(ctx, ids[half:], candidates)
}
