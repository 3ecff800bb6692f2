package operation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"

	"patternhub/internal/bounded"
	"patternhub/internal/content"
)

// Operation is a document that passed every limit and every rule, with one of its operations
// chosen. All requests that send the same text share it through the cache, so it never changes.
// gqlparser annotates the tree during validation, which ends before the operation is published to
// other goroutines.
type Operation struct {
	Doc  *ast.QueryDocument // only the chosen operation, with its fragments
	Def  *ast.OperationDefinition
	Text string
	Hash string // independent of layout, for caches and logs
	// Types are the entry types that its answers depend on; none means the whole graph.
	Types []string
	// Tags is the Surrogate-Key of those types.
	Tags string
	// Public reports whether its answers may be cached.
	Public bool
	// EventKey is the name under which it selects the id of an event, or "".
	EventKey string

	measure  measure
	nullable nullable         // variables whose null some field must refuse
	weighted map[string]int64 // what fields cost beyond their objects, by name in the answer
	dry      *Operation       // runs instead when rateLimit asks for a dry run
	dryOf    *Operation       // of a dry version: the original
}

// operationKey identifies a cached operation. It includes the name, because the chosen operation is
// pruned out of the document.
type operationKey struct{ text, name string }

// Limits are the bounds of documents and of the cache of operations. All of them must be set.
type Limits struct {
	DocumentBytes, Tokens, Depth, Aliases, RootFields, Directives, Fragments int

	Nodes, Cost    int64 // of one request
	Page           int   // the largest page of a connection
	OperationBytes int64 // of cached operations
}

// Options configures a Preparer.
type Options struct {
	Schema *ast.Schema
	Limits Limits
	// Over is called with the kind of a limit, of a fixed set, and with what exceeds it.
	Over func(kind, what string)
	// MeasureOnly serves what exceeds a limit all the same.
	MeasureOnly bool
	// NoIntrospection refuses introspection, and suggestions that would reveal the schema's names.
	NoIntrospection bool
	// Scalars check the strings of custom scalars; a scalar without a check accepts every string.
	Scalars map[string]func(string) error
	// EventID is the field whose value is the id of an event.
	EventID string
}

// Preparer parses, measures and validates documents, and caches those that passed. It is safe for
// concurrent use. Two concurrent misses both prepare: the limits bound the work, and sharing it
// would cost a lock on every look-up.
type Preparer struct {
	o      Options
	info   *schemaInfo
	rules  []validator.Rule
	cached bounded.Cache[operationKey, Operation]
}

// astFactor is the ratio of the size of a parsed document to its text, measured on the queries of the
// README. It makes the cache's bound one of memory rather than of text.
const astFactor = 24

// New returns a Preparer of a schema's operations.
func New(o Options) *Preparer {
	p := &Preparer{o: o, info: newSchemaInfo(o.Schema, o.Limits.Page)}
	p.rules = p.validationRules()
	p.cached = bounded.Bytes(o.Limits.OperationBytes, func(k operationKey, _ *Operation) int { return 4096 + astFactor*len(k.text) }, nil)
	return p
}

// Cached returns approximately how many operations are cached.
func (p *Preparer) Cached() int { return p.cached.Len() }

// Find returns the operation of a document, from the cache or by preparing it. name is empty if the
// request has none. A refusal is not cached.
func (p *Preparer) Find(text, name string) (*Operation, *Refusal) {
	key := operationKey{text, name}
	if op := p.cached.Get(key); op != nil {
		return op, nil
	}
	op, refusal := p.prepare(text, name)
	if refusal != nil {
		return nil, refusal
	}
	p.cached.Set(key, op)
	return op, nil
}

// prepare checks the limits in ascending order of their cost, so that an expensive document is refused
// before the expensive work.
func (p *Preparer) prepare(text, name string) (*Operation, *Refusal) {
	over, refusal := p.scan(text)
	if refusal == nil {
		refusal = p.limit("document", over)
	}
	if refusal != nil {
		return nil, refusal
	}
	// From here on the document has at most some thousand nodes.
	doc, err := parse(text)
	if err != nil {
		return nil, refuseInvalid(content.ParseFailed, err)
	}
	def, refusal := choose(doc, name)
	if refusal != nil {
		return nil, refusal
	}
	op := &Operation{Text: text, Def: def}
	// The walk comes before validation, which costs more than all limits together.
	op.measure = newWalk(p.info, doc, nil).run(def)
	if refusal := p.limit("document", p.exceeded(op.measure)); refusal != nil {
		return nil, refusal
	}
	if errs := p.validate(doc); len(errs) > 0 {
		return nil, refuseInvalid(content.ValidationFailed, errs...)
	}
	// Only what passed is cached. Refusals are computed again, so that a flood of faulty documents
	// cannot evict the good ones.
	op.Doc = prune(p.info.schema, doc, def)
	fit(op.Doc)
	op.nullable = nullableVariables(p.info.schema, op.Doc)
	// The hash is of the printed document, so layout, commas and comments do not matter.
	var canonical strings.Builder
	formatter.NewFormatter(&canonical, formatter.WithIndent(" ")).FormatQueryDocument(op.Doc)
	sum := sha256.Sum256([]byte(canonical.String()))
	op.Hash = hex.EncodeToString(sum[:])
	p.describe(op)
	return op, nil
}

// parse reads a document. It has no limit of its own: scan has bounded bytes and tokens before.
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

// scan counts bytes and tokens, and finds what gqlparser accepts though graphql-js does not, before
// a tree is built. Syntax errors are left to the parser.
func (p *Preparer) scan(text string) (over string, refusal *Refusal) {
	// The length is checked before the text is read.
	if limit := p.o.Limits.DocumentBytes; len(text) > limit {
		over = fmt.Sprintf("The document is larger than %d bytes.", limit)
		if !p.o.MeasureOnly {
			return over, nil
		}
	}
	var runes []rune // tokens' positions count characters, not bytes
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
		if tokens++; tokens > p.o.Limits.Tokens {
			over = fmt.Sprintf("The document has more than %d tokens.", p.o.Limits.Tokens)
			if !p.o.MeasureOnly {
				return over, nil
			}
		}
		if runes != nil && token.Kind == lexer.String && loneSurrogate([]byte(string(runes[token.Pos.Start:min(token.Pos.End, len(runes))]))) {
			return over, refuseInvalid(content.ParseFailed, Coded(content.ParseFailed, "A string holds half of a surrogate pair."))
		}
	}
}

// limit refuses what exceeds a limit, unless limits are only measured. An empty over is within all
// of them.
func (p *Preparer) limit(kind, over string) *Refusal {
	if over == "" {
		return nil
	}
	p.o.Over(kind, over)
	if p.o.MeasureOnly {
		return nil
	}
	return Refuse(content.LimitExceeded, over)
}

// choose returns the operation that a request means. A wrong name is a fault of the document, so it is
// refused like those of validation.
func choose(doc *ast.QueryDocument, name string) (*ast.OperationDefinition, *Refusal) {
	if len(doc.Operations) == 0 {
		return nil, refuseInvalid(content.ValidationFailed, Coded(content.ValidationFailed, "The document has no operation."))
	}
	if name == "" && len(doc.Operations) > 1 {
		return nil, refuseInvalid(content.ValidationFailed, Coded(content.ValidationFailed, "The document has several operations: operationName must name one."))
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
	return nil, refuseInvalid(content.ValidationFailed, Coded(content.ValidationFailed,
		fmt.Sprintf("The document has no operation named %q.", Shorten(name))))
}

// metaDepth is the largest depth below __schema and __type: the standard introspection query nests 14
// levels, and gqlparser's own rule bounds lists.
const metaDepth = 20

// exceeded describes the first limit that a document exceeds, or returns "".
func (p *Preparer) exceeded(m measure) string {
	l := p.o.Limits
	// The order is that of the README, so that a document over several limits always names the same
	// one.
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
	return p.overpriced(m)
}

// overpriced describes the cost limit that an operation exceeds, or returns "". Sizes in variables
// count once the variables are known.
func (p *Preparer) overpriced(m measure) string {
	// Nodes first: a smaller page is what helps against both.
	l := p.o.Limits
	switch {
	case m.nodes > l.Nodes:
		return fmt.Sprintf("The operation may return %d nodes, at most %d are served: ask for smaller pages.", m.nodes, l.Nodes)
	case m.cost > l.Cost:
		return fmt.Sprintf("The operation costs %d, at most %d is served: ask for smaller pages or fewer relations.", m.cost, l.Cost)
	}
	return ""
}

// prune returns a document with only the chosen operation and annotates it again, so that variables of
// fragments belong to it and not to doc's last operation. It does not change doc.
func prune(schema *ast.Schema, doc *ast.QueryDocument, def *ast.OperationDefinition) *ast.QueryDocument {
	if len(doc.Operations) == 1 {
		return doc
	}
	alone := &ast.QueryDocument{Operations: ast.OperationList{def}, Fragments: doc.Fragments, Position: doc.Position}
	// Without observers a walk only annotates.
	core.Walk(schema, alone, &core.Events{})
	return alone
}

// describe computes what caches and streams need of an operation. If introspection is off, it also
// makes every __type ask for a type that does not exist. It must be called before the operation is
// shared.
func (p *Preparer) describe(op *Operation) {
	p.depend(op)
	op.weighted = weights(p.info, op)
	op.dry = p.dryVersion(op)
	if op.Def.Operation == ast.Subscription {
		op.EventKey = eventKey(p.info, op, p.o.EventID)
	}
	if p.o.NoIntrospection {
		hideTypes(op)
	}
}
