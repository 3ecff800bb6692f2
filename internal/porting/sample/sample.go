// Package sample generates content of any size: patterns with relations, and what they refer to. It
// is for benchmarks, for drills, and for a look at how a hub behaves with many entries:
//
//	go run ./internal/porting/sample/write 50000 > sample.ndjson
//	patternhub import sample.ndjson --publish
//
// The same options give the same bytes everywhere. Entries are made one at a time, so memory does not
// grow with their number.
package sample

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// Options say how much is generated.
type Options struct {
	// Patterns is the number of patterns; there are also 3 tiers and up to 40 companies.
	Patterns int
	// Bytes is the approximate size of a pattern's record; 0 means 5,700, the average of the seed.
	Bytes int
	// Tangled lets relations go to later patterns too: then about half of all patterns need each other,
	// directly or through others.
	Tangled bool
}

const (
	defaultBytes = 5700
	tiers        = 3
	companies    = 40
	// otherBytes is the size of a record without its long text, on average.
	otherBytes = 2200
)

// Write writes the entries as NDJSON, which patternhub import reads. Keys are equal to slugs, so that
// an import into another database has the same ids.
func Write(w io.Writer, o Options) error {
	out := bufio.NewWriterSize(w, 64<<10)
	err := Each(o, func(e content.Entry) error {
		line, err := markdown.EncodeRecord(e)
		if err != nil {
			return fmt.Errorf("encode %s: %w", e.ID(), err)
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return fmt.Errorf("write sample: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write sample: %w", err)
	}
	return nil
}

// Each calls do with every entry, tiers and companies first. It returns the first error of do.
func Each(o Options, do func(content.Entry) error) error {
	if o.Bytes == 0 {
		o.Bytes = defaultBytes
	}
	for i := range tiers {
		if err := do(tier(i)); err != nil {
			return err
		}
	}
	for i := range min(companies, o.Patterns) {
		if err := do(o.company(i)); err != nil {
			return err
		}
	}
	for i := range o.Patterns {
		if err := do(o.pattern(i)); err != nil {
			return err
		}
	}
	return nil
}

// head returns the head of entry i of a type.
func head(t content.EntryType, i int, name, summary string) content.Meta {
	slug := Slug(t, i)
	return content.Meta{Type: t, Key: slug, Slug: slug, Name: name, Summary: summary}
}

// Slug returns the slug and key of entry i of a type.
func Slug(t content.EntryType, i int) string {
	return fmt.Sprintf("sample-%s-%07d", strings.ReplaceAll(t.Stem(), "_", "-"), i)
}

// tier returns the tier of a number. Its rank comes after those of the hub's own tiers.
func tier(i int) content.Entry {
	return &content.Tier{
		Meta: head(content.TypeTier, i, fmt.Sprintf("Sample tier %d", i+1), "A tier of the sample."),
		Rank: 100 + i, Badge: fmt.Sprintf("S%d", i+1),
	}
}

// company returns company i. It names two patterns, most of which name companies.
func (o Options) company(i int) content.Entry {
	r := dice(content.TypeCompany, i)
	stack := []string{Slug(content.TypePattern, i)}
	if i+companies < o.Patterns {
		stack = append(stack, Slug(content.TypePattern, i+companies))
	}
	return &content.Company{
		Meta:     head(content.TypeCompany, i, fmt.Sprintf("%s %d", r.title(1), i), r.sentence()),
		Kind:     content.CompanyKind(r.value(content.CompanyKind("").Values())),
		Industry: r.title(1), PatternStackKeys: stack,
	}
}

// pattern returns pattern i. Its record is within a sentence of o.Bytes, or longer if that is less
// than what every pattern has.
func (o Options) pattern(i int) content.Entry {
	r := dice(content.TypePattern, i)
	p := &content.Pattern{
		Meta:           head(content.TypePattern, i, fmt.Sprintf("%s %d", r.title(2), i), r.sentence()),
		CatalogName:    r.title(2),
		TierKey:        Slug(content.TypeTier, r.IntN(tiers)),
		Category:       content.PatternCategory(r.value(content.PatternCategory("").Values())),
		CatalogGroup:   content.CatalogGroup(r.value(content.CatalogGroup("").Values())),
		CatalogStatus:  content.CatalogStatus(r.value(content.CatalogStatus("").Values())),
		Recommendation: content.Recommendation(r.value(content.Recommendation("").Values())),
		Relevance:      content.Relevance(r.value(content.Relevance("").Values())),
		Difficulty:     content.Difficulty(r.value(content.Difficulty("").Values())),
		ReadingMinutes: 1 + r.IntN(40),
		Enhanced:       r.IntN(2) == 0,
		Tags:           r.words(3),
		Problem:        r.sentence(),
		Solution:       r.sentence(),
		WhenToUse:      []string{r.sentence(), r.sentence()},
		WhenNotToUse:   []string{r.sentence()},
		TradeOffs:      content.TradeOffs{Pros: []string{r.sentence()}, Cons: []string{r.sentence()}},
		Relations:      o.relations(i, r),
	}
	for range 2 {
		p.ProblemDomains = append(p.ProblemDomains, content.ProblemDomain(r.value(content.ProblemDomain("").Values())))
	}
	if p.ProblemDomains[0] == p.ProblemDomains[1] {
		p.ProblemDomains = p.ProblemDomains[:1]
	}
	first, n := r.IntN(companies), min(companies, o.Patterns)
	for j := range min(2, n) {
		p.Adoptions = append(p.Adoptions, content.Adoption{CompanyKey: Slug(content.TypeCompany, (first+j)%n)})
	}
	p.Body.Markdown = r.text(o.Bytes - otherBytes)
	return p
}

// flips are the relations that both sides state: pattern i is related to the pattern whose number
// differs in one bit, so each side finds the other without a table. Most are near, some are far.
var flips = []struct {
	bit      int
	relation content.PatternRelation
}{{1, "COMPLEMENTS"}, {2, "ALTERNATIVE_TO"}, {1 << 9, "CONFLICTS_WITH"}}

// ring is the number of patterns that need each other in a circle; one of ringEvery rings is closed.
const ring, ringEvery = 8, 8

// relations returns the relations of pattern i. Those that only one side states go to an earlier
// pattern anywhere, and in some places to the next one in a circle.
func (o Options) relations(i int, r roller) []content.RelationRow {
	rows := []content.RelationRow{}
	add := func(other int, relation content.PatternRelation) {
		if other != i && other < o.Patterns {
			rows = append(rows, content.RelationRow{PatternKey: Slug(content.TypePattern, other), Relation: relation, Weight: 1})
		}
	}
	for _, f := range flips {
		add(i^f.bit, f.relation)
	}
	before := i + 1
	if o.Tangled {
		before = o.Patterns
	}
	add(r.IntN(before), "MIGRATES_TO")
	if r.IntN(4) == 0 {
		add(r.IntN(before), "PREREQUISITE")
	}
	if first := i - i%ring; i/ring%ringEvery == 0 && first+ring <= o.Patterns {
		add(first+(i+1)%ring, "SUPERSEDES")
	}
	return rows
}

// roller makes the random parts of one entry.
type roller struct{ *rand.Rand }

// dice returns the roller of entry i of a type.
func dice(t content.EntryType, i int) roller {
	return roller{rand.New(rand.NewPCG(uint64(len(t)), uint64(i)))} //nolint:gosec // samples are to be the same each time
}

// value returns one of several texts.
func (r roller) value(of []string) string { return of[r.IntN(len(of))] }

// word returns a word of the vocabulary.
func (r roller) word() string { return r.value(vocabulary()) }

// words returns n different words.
func (r roller) words(n int) []string {
	var out []string
	for _, i := range r.Perm(len(vocabulary()))[:n] {
		out = append(out, vocabulary()[i])
	}
	return out
}

// title returns n words, each with a capital.
func (r roller) title(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = content.Capital(r.word())
	}
	return strings.Join(words, " ")
}

// sentence returns a sentence of a few words.
func (r roller) sentence() string {
	words := make([]string, 8+r.IntN(12))
	for i := range words {
		words[i] = r.word()
	}
	return content.Capital(strings.Join(words, " ")) + "."
}

// text returns Markdown of about a number of bytes: sections of paragraphs, a list in each third.
func (r roller) text(size int) string {
	var b strings.Builder
	for section := 1; b.Len() < size; section++ {
		fmt.Fprintf(&b, "## %s\n\n", r.title(2))
		for range 3 {
			if section%3 == 0 {
				b.WriteString("- ")
			}
			b.WriteString(r.sentence())
			if section%3 != 0 {
				b.WriteString(" " + r.sentence() + "\n")
			}
			b.WriteString("\n")
			if b.Len() >= size {
				break
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// vocabulary lists the words of the texts. There are few, so that searches find many entries.
func vocabulary() []string {
	return []string{
		"a", "the", "one", "each", "every", "no", "if", "when", "before", "after", "between", "without", "with", "and", "or", "then",
		"node", "leader", "follower", "replica", "shard", "log", "queue", "message", "event", "clock", "lease", "lock", "quorum",
		"client", "server", "request", "answer", "timeout", "retry", "backoff", "limit", "cache", "index", "cursor", "batch",
		"write", "read", "commit", "abort", "snapshot", "stream", "partition", "network", "failure", "latency", "load", "cost",
		"waits", "fails", "answers", "repeats", "stores", "sends", "drops", "orders", "counts", "splits", "joins", "moves",
		"slow", "fast", "stale", "fresh", "early", "late", "small", "large", "idempotent", "durable", "ordered", "safe",
	}
}
