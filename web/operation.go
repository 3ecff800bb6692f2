package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"

	"patternhub/content"
)

// operation is a document that passed every limit and every rule, with one of its operations
// chosen. It is shared by all requests that send the same text, so nothing in it changes.
// It is what the operation cache keeps. gqlparser annotates the tree while it validates, which
// is over before the operation is published to other goroutines.
type operation struct {
	doc      *ast.QueryDocument // the chosen operation alone, with its fragments
	def      *ast.OperationDefinition
	text     string
	hash     string // names the operation whatever its layout, for caches and logs
	measure  measure
	parsing  time.Duration    // what it took to get here, for the trace of the first request
	types    []string         // the entry types its answers are made of; nil with cacheable unset
	tags     string           // those of them that are entries, as Surrogate-Key names them
	public   bool             // its answers may be kept
	weighted map[string]int64 // what fields cost beyond their objects, by name in the answer
	eventKey string           // where an event's id stands in it
	dry      *operation       // what runs instead of it when rateLimit asks for a dry run
	dryOf    *operation       // of a dry version: the whole
}

// operationKey names a cached operation.
// The name belongs to the key because the chosen operation is pruned out of the document.
type operationKey struct{ text, name string }

// operations parses, measures and validates documents, and remembers those that passed.
// Two requests that miss at once both prepare: the work is bounded by the limits, and joining
// them would cost a lock on every look-up.
type operations struct {
	s      *Server
	rules  []validator.Rule
	cached *otter.Cache[operationKey, *operation]
}

// astFactor is how much larger a parsed document is than its text, measured on the queries of
// the README: it makes the cache's bound one of memory rather than of text.
const astFactor = 24

func newOperations(s *Server) *operations {
	return &operations{s: s, rules: s.validationRules(), cached: otter.Must(&otter.Options[operationKey, *operation]{
		MaximumWeight: weight(s.limits.OperationBytes),
		Weigher: func(k operationKey, _ *operation) uint32 {
			return weigh32(4096 + astFactor*len(k.text))
		},
	})}
}

// find gives the operation of a document, from the cache or by working it out.
// The name is empty where the request gives none. A refusal is not remembered.
func (o *operations) find(text, name string) (*operation, *refusal) {
	key := operationKey{text, name}
	if op, ok := o.cached.GetIfPresent(key); ok {
		return op, nil
	}
	op, refused := o.prepare(text, name)
	if refused != nil {
		return nil, refused
	}
	o.cached.Set(key, op)
	return op, nil
}

// prepare runs the limits in the order of their price, so that an expensive document is
// refused before the expensive work.
func (o *operations) prepare(text, name string) (*operation, *refusal) {
	start := o.s.now()
	over, refused := o.scan(text)
	if refused == nil {
		refused = o.s.limit("document", over)
	}
	if refused != nil {
		return nil, refused
	}
	// From here on the document has at most some thousand nodes.
	doc, err := parse(text)
	if err != nil {
		return nil, faulty(content.ParseFailed, err)
	}
	def, refused := choose(doc, name)
	if refused != nil {
		return nil, refused
	}
	op := &operation{text: text, def: def}
	// The walk comes before validation, which costs more than all limits together.
	op.measure = newWalk(o.s.info, doc, nil).run(def)
	if refused := o.s.limit("document", o.exceeded(op.measure)); refused != nil {
		return nil, refused
	}
	if errs := o.validate(doc); len(errs) > 0 {
		return nil, faulty(content.ValidationFailed, errs...)
	}
	// Only what passed reaches the cache; refusals are worked out again, so that a flood of
	// faulty documents cannot push the good ones out.
	op.doc = prune(o.s.info.schema, doc, def)
	fit(op.doc)
	// The hash is of the printed document, so layout, commas and comments do not matter.
	var canonical strings.Builder
	formatter.NewFormatter(&canonical, formatter.WithIndent(" ")).FormatQueryDocument(op.doc)
	sum := sha256.Sum256([]byte(canonical.String()))
	op.hash = hex.EncodeToString(sum[:])
	o.s.describe(op)
	op.parsing = o.s.now().Sub(start)
	return op, nil
}

// parse reads a document.
// It has no limit of its own: scan has bounded bytes and tokens before.
func parse(text string) (*ast.QueryDocument, *gqlerror.Error) {
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err == nil {
		return doc, nil
	}
	located := gqlerror.Wrap(err)
	if e, ok := err.(*gqlerror.Error); ok { //nolint:errorlint // the parser never wraps
		located = e
	}
	return nil, located
}

// scan counts bytes and tokens and looks for what gqlparser would take though graphql-js does
// not, before a tree is built. Errors of the text are the parser's to tell.
func (o *operations) scan(text string) (over string, refused *refusal) {
	// The length is checked before the text is read at all.
	if limit := o.s.limits.DocumentBytes; len(text) > limit {
		over = fmt.Sprintf("The document is larger than %d bytes.", limit)
		if !o.s.opts.MeasureOnly {
			return over, nil
		}
	}
	var runes []rune // positions of tokens count characters, not bytes
	if strings.Contains(text, `\ud`) || strings.Contains(text, `\uD`) {
		runes = []rune(text)
	}
	l := lexer.New(&ast.Source{Input: text})
	for tokens := 0; ; {
		token, err := l.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return over, nil
		}
		// Comments cost bytes, which are bounded, and no nodes.
		if token.Kind == lexer.Comment {
			continue
		}
		if tokens++; tokens > o.s.limits.Tokens {
			over = fmt.Sprintf("The document has more than %d tokens.", o.s.limits.Tokens)
			if !o.s.opts.MeasureOnly {
				return over, nil
			}
		}
		if runes != nil && token.Kind == lexer.String && loneSurrogate([]byte(string(runes[token.Pos.Start:min(token.Pos.End, len(runes))]))) {
			return over, faulty(content.ParseFailed, coded(content.ParseFailed, "A string holds half of a surrogate pair."))
		}
	}
}

// limit refuses what is over a limit, or only tells it where limits are measured; an empty over
// is within all of them.
// kind is the label of the metric and must be of a fixed set.
func (s *Server) limit(kind, over string) *refusal {
	if over == "" {
		return nil
	}
	s.metrics.limited.WithLabelValues(kind).Inc()
	if s.opts.MeasureOnly {
		s.log.Warn("over a limit", slog.String("limit", kind), slog.String("what", over))
		return nil
	}
	return refuse(http.StatusBadRequest, content.LimitExceeded, over)
}

// choose finds the operation that a request means.
// What is wrong with the name is a fault of the document, so it is told like those of validation.
func choose(doc *ast.QueryDocument, name string) (*ast.OperationDefinition, *refusal) {
	if len(doc.Operations) == 0 {
		return nil, faulty(content.ValidationFailed, coded(content.ValidationFailed, "The document has no operation."))
	}
	if name == "" && len(doc.Operations) > 1 {
		return nil, faulty(content.ValidationFailed, coded(content.ValidationFailed, "The document has several operations: operationName must name one."))
	}
	// The only operation needs no name.
	if name == "" {
		return doc.Operations[0], nil
	}
	for _, def := range doc.Operations {
		if def.Name == name {
			return def, nil
		}
	}
	return nil, faulty(content.ValidationFailed, coded(content.ValidationFailed,
		fmt.Sprintf("The document has no operation named %q.", shorten(name))))
}

// metaDepth is the cap below __schema and __type: the standard introspection query nests 14
// levels, and lists are capped by gqlparser's own rule.
const metaDepth = 20

// exceeded names the first limit that a document is over, or gives "".
func (o *operations) exceeded(m measure) string {
	l := o.s.limits
	// The order is that of the README, so that a document over several limits always names the
	// same one.
	for _, c := range []struct {
		what       string
		has, limit int
	}{
		{"Its depth", m.depth, l.Depth},
		{"The depth of its introspection", m.meta, metaDepth},
		{"The number of its aliases", m.aliases, l.Aliases},
		{"The number of its root fields", m.fields, l.RootFields},
		{"The number of its directives", m.directives, l.Directives},
		{"The number of its fragments", m.fragments, l.Fragments},
	} {
		if c.has > c.limit {
			return fmt.Sprintf("The document is too large: %s is %d, at most %d is served.", c.what, c.has, c.limit)
		}
	}
	return o.dear(m)
}

// dear names the price that is over its limit. Sizes that variables decide are counted when
// they are known.
func (o *operations) dear(m measure) string {
	// Nodes first: a smaller page is what helps against both.
	l := o.s.limits
	switch {
	case m.nodes > l.Nodes:
		return fmt.Sprintf("The operation may return %d nodes, at most %d are served: ask for smaller pages.", m.nodes, l.Nodes)
	case m.cost > l.Cost:
		return fmt.Sprintf("The operation costs %d, at most %d is served: ask for smaller pages or fewer relations.", m.cost, l.Cost)
	}
	return ""
}

// prune leaves only the chosen operation and annotates it again, so that variables of
// fragments belong to it and not to the document's last operation.
// doc itself stays as it is.
func prune(schema *ast.Schema, doc *ast.QueryDocument, def *ast.OperationDefinition) *ast.QueryDocument {
	if len(doc.Operations) == 1 {
		return doc
	}
	alone := &ast.QueryDocument{Operations: ast.OperationList{def}, Fragments: doc.Fragments, Position: doc.Position}
	// Without observers a walk only annotates.
	core.Walk(schema, alone, &core.Events{})
	return alone
}
