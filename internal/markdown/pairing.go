package markdown

import (
	"reflect"
	"slices"
)

// plan maps the items of a new list to those of an old one. For each new item, stays is the index
// of the old item that it is or was made of, in order; moves the index of one from another
// position. Both are -1 without one. Old items in neither are removed.
type plan struct {
	stays, moves  []int
	before, after reflect.Value
	was, now      []string
}

// changed reports whether an old and a new item differ.
func (p *plan) changed(a, b int) bool { return p.was[a] != p.now[b] }

// pairing compares two lists. It first pairs equal items at any position, so that each retains its
// comments; then similar ones, in the same part of the list before anywhere else. The rest is
// paired in order, as texts that replaced each other.
func pairing(before, after reflect.Value) *plan {
	p := &plan{before: before, after: after, was: keysOf(before), now: keysOf(after)}
	p.stays, p.moves = slices.Repeat([]int{-1}, after.Len()), slices.Repeat([]int{-1}, after.Len())
	hunks := diff(p.was, p.now)
	a, b := 0, 0
	for _, h := range append(slices.Clone(hunks), hunk{len(p.was), len(p.was), len(p.now), len(p.now)}) {
		for ; a < h.aFrom; a, b = a+1, b+1 {
			p.stays[b] = a
		}
		a, b = h.aTo, h.bTo
	}
	p.moving(func(a, b int) bool { return p.was[a] == p.now[b] })
	for _, h := range hunks {
		p.resembling(p.left(h))
	}
	p.moving(func(a, b int) bool { return likeness(before.Index(a), after.Index(b)) > 0 })
	for _, h := range hunks {
		p.replacing(h)
	}
	return p
}

// left returns the old and new items of a hunk that have no partner yet, in order.
func (p *plan) left(h hunk) (as, bs []int) {
	for a := h.aFrom; a < h.aTo; a++ {
		if !slices.Contains(p.stays, a) && !slices.Contains(p.moves, a) {
			as = append(as, a)
		}
	}
	for b := h.bFrom; b < h.bTo; b++ {
		if p.stays[b] < 0 && p.moves[b] < 0 {
			bs = append(bs, b)
		}
	}
	return as, bs
}

// maxPairs bounds the pairs of items that are compared; beyond it, items are not matched by
// similarity. It is far above what a person edits at once.
const maxPairs = 10_000

// moving pairs unpaired items at any position. Each gets the first that is alike, so that equal
// items retain their order.
func (p *plan) moving(alike func(a, b int) bool) {
	as, bs := p.left(hunk{0, len(p.was), 0, len(p.now)})
	if len(as)*len(bs) > maxPairs {
		return
	}
	for _, b := range bs {
		if i := slices.IndexFunc(as, func(a int) bool { return alike(a, b) }); i >= 0 {
			p.moves[b] = as[i]
			as = slices.Delete(as, i, i+1)
		}
	}
}

// resembling pairs old items with new ones, both in order, with the largest sum of likenesses.
func (p *plan) resembling(as, bs []int) {
	if len(as)*len(bs) > maxPairs {
		return
	}
	// best[i][j] is the largest sum for as[i:] and bs[j:], filled from the end as in common.
	best, alike := make([][]int, len(as)+1), make([][]int, len(as))
	best[len(as)] = make([]int, len(bs)+1)
	for i, a := range slices.Backward(as) {
		best[i], alike[i] = make([]int, len(bs)+1), make([]int, len(bs))
		for j, b := range slices.Backward(bs) {
			alike[i][j] = likeness(p.before.Index(a), p.after.Index(b))
			best[i][j] = max(best[i+1][j], best[i][j+1], best[i+1][j+1]+alike[i][j])
		}
	}
	for i, j := 0, 0; i < len(as) && j < len(bs); {
		switch best[i][j] {
		case best[i+1][j]:
			i++
		case best[i][j+1]:
			j++
		default:
			p.stays[bs[j]] = as[i]
			i, j = i+1, j+1
		}
	}
}

// replacing pairs the rest of a hunk between two items that stay, if there are at least as many new
// items as old ones: otherwise it is unclear which old ones were removed.
func (p *plan) replacing(h hunk) {
	part := hunk{aFrom: h.aFrom, bFrom: h.bFrom}
	for b := h.bFrom; b <= h.bTo; b++ {
		switch {
		case b == h.bTo:
			part.aTo, part.bTo = h.aTo, b
		case p.stays[b] >= 0:
			part.aTo, part.bTo = p.stays[b], b
		default:
			continue
		}
		if as, bs := p.left(part); len(as) <= len(bs) {
			for i, a := range as {
				p.stays[bs[i]] = a
			}
		}
		part.aFrom, part.bFrom = part.aTo, part.bTo
	}
}

// likeness returns how similar two items are, or 0. For texts it is the share that is equal at both
// ends, in percent, if it is at least a half. For records it is the sum over their texts and lists,
// with ten times the weight for the first, which usually identifies the record.
func likeness(a, b reflect.Value) int {
	for a.Kind() == reflect.Pointer {
		if a.IsNil() || b.IsNil() {
			return 0
		}
		a, b = a.Elem(), b.Elem()
	}
	if isRecord(a) {
		sum, others := 0, columns(b)
		for i, c := range columns(a) {
			if c.absent() || others[i].absent() || c.value.Kind() == reflect.Bool || c.value.Kind() == reflect.Int {
				continue
			}
			if alike := likeness(c.value, others[i].value); i == 0 {
				sum += 10 * alike
			} else {
				sum += alike
			}
		}
		return sum
	}
	x, y := flow(a), flow(b)
	if a.Kind() == reflect.String {
		x, y = a.String(), b.String()
	}
	if x == y {
		return 100
	}
	longer, shorter := max(len(x), len(y)), min(len(x), len(y))
	head := 0
	for head < shorter && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < shorter-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	if share := 100 * (head + tail) / longer; share >= 50 {
		return share
	}
	return 0
}

// keysOf returns a key for each item of a list. Items that a file would write the same have the
// same key.
func keysOf(list reflect.Value) []string {
	out := make([]string, list.Len())
	for i := range out {
		out[i] = flow(list.Index(i))
	}
	return out
}
