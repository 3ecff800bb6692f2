package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"patternhub/internal/content"
)

// Selections runs the selections of endpoints on entries, and refuses those that can never be
// answered. All fields must be set. It is safe for concurrent use.
type Selections struct {
	Store interface {
		Pull(ctx context.Context, p content.Pull) (*content.Pulled, error)
		At(p content.Perspective) *content.Graph
	}
	// Validate refuses queries that the hub would refuse from a client.
	Validate func(query string) error
	// Execute answers a query with the rights of an anonymous reader. The fields of e itself come
	// from e, even if the entry has changed since; other entries are read as they are now, all of
	// one generation. errs are the errors in the answer; err is returned if there is no answer.
	Execute func(ctx context.Context, query string, variables map[string]any, e content.Entry) (data json.RawMessage, errs gqlerror.List, err error)
	// MaxTokens bounds the tokens of a selection.
	MaxTokens int
}

// selectionQuery returns the query of a selection on an entry. The line break ends a comment at the
// end of the selection.
func selectionQuery(selection string) string {
	return "query ($id: ID!) { node(id: $id) { ... on Entry " + selection + "\n} }"
}

// Check refuses a selection that can never be answered: one that is not a single selection set on
// an entry, one that the hub would refuse from a client, and one that fails while it runs on an
// entry by its own fault, such as an argument out of range.
func (s *Selections) Check(ctx context.Context, selection string) error {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: selection}, s.MaxTokens)
	// Parsed alone it must be one anonymous query. Its braces are then balanced, so it cannot end
	// the query around it.
	if err != nil || !strings.HasPrefix(selection, "{") || len(doc.Operations) != 1 || len(doc.Fragments) > 0 {
		return content.Fault(content.BadUserInput, "A selection is a selection set on an entry, such as { name ... on Pattern { tier { name } } }.")
	}
	if err := s.Validate(selectionQuery(selection)); err != nil {
		return err //nolint:wrapcheck // its message is for the client
	}
	return s.try(ctx, selection)
}

// try runs a selection on one published entry of each type, and returns the first error that the
// selection itself causes. Other errors may be gone by the time of a delivery.
func (s *Selections) try(ctx context.Context, selection string) error {
	// The caller may be in a transaction, whose session does not allow concurrent reads. So only
	// the end of its context is passed on.
	detached, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	for _, t := range content.Types() {
		found, err := s.Store.Pull(detached, content.Pull{Token: content.SyncToken{Types: []content.EntryType{t}}, First: 1}) //nolint:contextcheck // see above
		if err != nil {
			return fmt.Errorf("find an entry: %w", err)
		}
		for _, e := range found.Entries {
			if e == nil {
				continue
			}
			_, errs, err := s.run(detached, selection, e) //nolint:contextcheck // see above
			if err != nil {
				return err
			}
			for _, e := range errs {
				if permanent(codeOf(e)) {
					return content.Fault(content.BadUserInput, selectionFailure(e))
				}
			}
		}
	}
	return nil
}

// Run runs a selection on the entry of a delivery, as an anonymous reader sees it. A null beside an
// error is accepted. Run fails if the next attempt may succeed, and if the selection returns
// nothing of the entry.
func (s *Selections) Run(ctx context.Context, selection string, e content.Entry) (json.RawMessage, error) {
	node, errs, err := s.run(ctx, selection, e)
	if err != nil {
		return nil, err
	}
	for _, e := range errs {
		if code := codeOf(e); code == content.Unavailable || code == content.Timeout {
			return nil, content.Fault(code, selectionFailure(e))
		}
	}
	if len(errs) == 0 || string(node) != "null" {
		return node, nil
	}
	// Once this entry is unpublished or changed, an entry that it refers to may be gone. This
	// revision can then never be shown, and a later delivery shows the current one.
	if !permanent(codeOf(errs[0])) {
		now, err := s.Store.At(content.Published).Reader(e.Head().Type).EntriesByKeys(ctx, []string{e.Head().Key})
		if err != nil {
			return nil, fmt.Errorf("read the entry as it is now: %w", err)
		}
		if now[0] == nil || now[0].Head().Revision != e.Head().Revision {
			return node, nil
		}
	}
	return nil, content.Fault(codeOf(errs[0]), selectionFailure(errs[0]))
}

// run runs a selection on an entry and returns the node of the answer, null if there is none.
func (s *Selections) run(ctx context.Context, selection string, e content.Entry) (node json.RawMessage, errs gqlerror.List, err error) {
	raw, errs, err := s.Execute(ctx, selectionQuery(selection), map[string]any{"id": e.ID().String()}, e)
	if err != nil {
		return nil, nil, fmt.Errorf("run the selection: %w", err)
	}
	data := struct {
		Node json.RawMessage `json:"node"`
	}{json.RawMessage("null")}
	if len(raw) == 0 { // nothing but errors
		return data.Node, errs, nil
	}
	if err := json.Unmarshal(raw, &data); err != nil {
		return nil, nil, fmt.Errorf("read the selection's answer: %w", err)
	}
	return data.Node, errs, nil
}

// permanent reports whether the selection itself causes an error, so that each attempt fails the
// same way.
func permanent(code content.Code) bool {
	switch code {
	case content.BadUserInput, content.LimitExceeded, content.Unauthenticated, content.Forbidden:
		return true
	default:
		return false
	}
}

// codeOf returns the code of an error in an answer.
func codeOf(e *gqlerror.Error) content.Code {
	code, _ := e.Extensions["code"].(string)
	return content.Code(code)
}

// selectionFailure describes an error of a selection with the path in the selection.
func selectionFailure(e *gqlerror.Error) string {
	path := e.Path
	if len(path) > 0 {
		path = path[1:] // the node
	}
	if len(path) == 0 {
		return "The selection fails: " + e.Message
	}
	return "The selection fails at " + path.String() + ": " + e.Message
}
