package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"golang.org/x/time/rate"

	"patternhub/content"
)

// buckets holds one bucket of cost for each key or address. The least used are forgotten first;
// a new one is full, as one that was not used for a while would be.
// golang.org/x/time/rate does the arithmetic; a refund is a negative charge, capped by the
// bucket's size.
type buckets struct {
	limits Limits
	now    func() time.Time
	kept   *otter.Cache[string, *rate.Limiter]
}

func newBuckets(l Limits, now func() time.Time) *buckets {
	return &buckets{limits: l, now: now, kept: otter.Must(&otter.Options[string, *rate.Limiter]{
		// Without an expiry, which would need a goroutine: the number alone bounds the memory.
		MaximumSize: l.BucketKeys,
	})}
}

// of gives the bucket of a name, a full one where it is new.
func (b *buckets) of(name string) *rate.Limiter {
	if l, ok := b.kept.GetIfPresent(name); ok {
		return l
	}
	l, _ := b.kept.SetIfAbsent(name, rate.NewLimiter(rate.Limit(b.limits.Restore), int(b.limits.Bucket)))
	return l
}

// take charges a bucket, or tells how long until it could pay.
// With a wait nothing was charged. The state is that after the charge.
func (b *buckets) take(name string, cost int64) (Rate, time.Duration) {
	l, now := b.of(name), b.now()
	// A cost above the bucket can only come from a limit set above it; it empties the bucket.
	if l.AllowN(now, int(min(cost, b.limits.Bucket))) {
		return b.state(l, now), 0
	}
	return b.state(l, now), b.until(l, now, cost)
}

// wait tells how long until a bucket could pay; nothing is charged. A bucket that nobody has used is
// full, and is not made for this.
func (b *buckets) wait(name string, cost int64) time.Duration {
	l, ok := b.kept.GetIfPresent(name)
	if !ok {
		return 0
	}
	return b.until(l, b.now(), cost)
}

// until tells how long what is missing takes to come back, which is at a steady rate: it is exact
// unless others spend too.
func (b *buckets) until(l *rate.Limiter, now time.Time, cost int64) time.Duration {
	missing := float64(min(cost, b.limits.Bucket)) - l.TokensAt(now)
	return time.Duration(max(0, missing) / float64(b.limits.Restore) * float64(time.Second))
}

// refund gives back what an operation did not use.
func (b *buckets) refund(name string, cost int64) {
	if cost > 0 {
		b.of(name).AllowN(b.now(), -int(cost))
	}
}

// state tells what a bucket holds.
func (b *buckets) state(l *rate.Limiter, now time.Time) Rate {
	remaining := max(0, int64(l.TokensAt(now)))
	return Rate{
		Limit: b.limits.Bucket, Remaining: remaining, Restore: b.limits.Restore,
		ResetAt: now.Add(time.Duration(b.limits.Bucket-remaining) * time.Second / time.Duration(b.limits.Restore)),
	}
}

// charge takes the price of a call from its bucket.
func (s *Server) charge(c *call, cost int64) (Rate, *refusal) {
	r, wait := s.buckets.take(c.bucket, cost)
	if wait <= 0 {
		return r, nil
	}
	return r, s.limited(wait, "Too many requests: the budget is spent.")
}

// limited refuses what a bucket cannot pay for yet; nil where limits are only measured.
func (s *Server) limited(wait time.Duration, message string) *refusal {
	// Counted in both modes, so that a limit can be tried before it is enforced.
	s.metrics.limited.WithLabelValues("rate").Inc()
	if s.opts.MeasureOnly {
		return nil
	}
	refused := refuse(http.StatusTooManyRequests, content.RateLimited, message)
	refused.retryAfter = wait
	return refused
}

// headers tells the bucket's state to everyone; the body does so only on private answers.
// Reset is in whole seconds until the bucket is full, as the IETF's draft of the headers has it.
func (r Rate) headers(h http.Header, v *visit) {
	if r.Limit == 0 {
		return // nothing was charged
	}
	// Stored as net/http would spell the names, without its work of finding that out.
	h["Ratelimit-Limit"] = v.value(valueLimit, strconv.FormatInt(r.Limit, 10))
	h["Ratelimit-Remaining"] = v.value(valueRemaining, strconv.FormatInt(r.Remaining, 10))
	h["Ratelimit-Reset"] = v.value(valueReset, strconv.FormatInt((r.Limit-r.Remaining)/max(1, r.Restore), 10))
}

// appendCost appends extensions.cost to an answer.
// It is there on every answer to a query or a mutation, so that clients learn what theirs cost.
func appendCost(b []byte, c *call, r Rate) []byte {
	b = append(b, `,"extensions":{"cost":{"requestedQueryCost":`...)
	b = strconv.AppendInt(b, c.cost.Requested, 10)
	b = append(b, `,"actualQueryCost":`...)
	b = strconv.AppendInt(b, c.cost.Actual, 10)
	// A public answer is the same for everyone, so nobody's bucket can be in it.
	if !c.public() {
		b = append(b, `,"throttleStatus":{"maximumAvailable":`...)
		b = strconv.AppendInt(b, r.Limit, 10)
		b = append(b, `,"currentlyAvailable":`...)
		b = strconv.AppendInt(b, r.Remaining, 10)
		b = append(b, `,"restoreRate":`...)
		b = strconv.AppendInt(b, r.Restore, 10)
		b = append(b, '}')
	}
	return append(b, "}}"...)
}

// actualCost prices what was answered: each object of the data, and the stated weight of each
// weighted field. It never exceeds what was asked for.
// It counts in the bytes of the answer and parses nothing. A null is no object.
func actualCost(c *call, data json.RawMessage) int64 {
	cost := objects(data)
	for name, weight := range c.op.weighted {
		key := []byte(`"` + name + `":`)
		// After a backslash it is the end of a longer key, in a scalar that holds JSON.
		n := bytes.Count(data, key) - bytes.Count(data, append([]byte{'\\'}, key...))
		cost = add(cost, mul(weight, int64(n)))
	}
	// The outermost braces are not an object of the graph.
	return min(max(cost-1, 0), c.price)
}

// objects counts the objects in JSON without white space: its braces outside strings. It goes
// from brace to brace, since there are few of them and bytes are found faster than looked at.
func objects(data []byte) (n int64) {
	quoted := false
	for {
		i := bytes.IndexByte(data, '{')
		if i < 0 {
			return n
		}
		quoted = quoted != (quotes(data[:i])%2 == 1)
		if !quoted {
			n++
		}
		data = data[i+1:]
	}
}

// quotes counts the quotes that begin or end a string: those behind a backslash do not.
// The text begins and ends anywhere but behind a backslash.
func quotes(text []byte) int {
	n := bytes.Count(text, []byte{'"'})
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) {
			return n
		}
		if text[i+1] == '"' {
			n--
		}
		text = text[i+2:]
	}
}

// weights gives, by the name in the answer, what fields cost beyond their objects.
// Only what goes beyond the one that an object costs anyway is listed.
func weights(info *schemaInfo, op *operation) map[string]int64 {
	out := map[string]int64{}
	each(info, op, func(parent *ast.Definition, f *ast.Field, field *fieldInfo) {
		extra := field.weight
		if field.composite {
			extra--
		}
		// Under one name the dearest counts; the total is capped by what was asked for.
		if (field.weighted || parent == info.schema.Mutation) && extra > 0 {
			out[f.Alias] = max(out[f.Alias], extra)
		}
	})
	return out
}

// each calls f for every known field of an operation, each place once.
// Fields that the schema does not know are passed over; fragments are entered once.
func each(info *schemaInfo, op *operation, f func(parent *ast.Definition, field *ast.Field, i *fieldInfo)) {
	descend(op.def.SelectionSet, func(field *ast.Field) bool {
		if i := info.fields[field.Definition]; i != nil {
			f(field.ObjectDefinition, field, i)
		}
		return true
	})
}

// descend calls f for the fields of a set, and for those below a field where f says so. Each fragment
// is entered once, so a tower of fragments takes no longer than it is written.
func descend(set ast.SelectionSet, f func(*ast.Field) bool) {
	seen := map[string]bool{}
	var in func(set ast.SelectionSet)
	in = func(set ast.SelectionSet) {
		for _, sel := range set {
			switch sel := sel.(type) {
			case *ast.Field:
				if f(sel) {
					in(sel.SelectionSet)
				}
			case *ast.InlineFragment:
				in(sel.SelectionSet)
			case *ast.FragmentSpread:
				if sel.Definition != nil && !seen[sel.Name] {
					seen[sel.Name] = true
					in(sel.Definition.SelectionSet)
				}
			}
		}
	}
	in(set)
}
