// Package resolvers answers the fields of the schema: each method parses its arguments, makes
// one call and returns. Rules are in content and the advisor, reads in loaders, and what several
// methods share is in helper files, never in *.resolvers.go.
//
// A field is answered in one of four ways:
//
//	from its object    nothing to do; gqlgen reads the struct field
//	by a loader        relations, lists, long texts: loaders.For(ctx), batched for the whole response
//	by a tool          the inputs are loaded and passed to a pure function of the advisor
//	by a write         the input becomes a content.Edit or Release, the outcome a payload
//
// Below the root no method may call the store: a list of a hundred patterns would call it a hundred
// times. Access is checked before a method is called.
//
// Errors are returned unchanged. What a client can correct already has a code and a safe message;
// an author's mistake is not an error but a row of userErrors. Nil stands for null, so an interface
// must be a plain nil, see asNode.
package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/graph"
	"patternhub/internal/advisor"
	"patternhub/internal/content"
	"patternhub/internal/search"
)

// Resolver holds what the root fields need; below the root everything comes from the loaders.
// One Resolver serves all requests, so it must hold no state of a request.
type Resolver struct {
	// ViewerOf returns the viewer who sent the request of a context.
	ViewerOf func(context.Context) *content.Viewer
	// Networks holds the relations among patterns, in each perspective.
	Networks *advisor.Live
	// Health records observations.
	Health Health
	// Index finds entries by words, in each perspective.
	Index *search.Engine
	// Changes reports what has been published.
	Changes Changes
	// Authoring writes.
	Authoring Authoring
	// Webhooks manages endpoints and deliveries.
	Webhooks Webhooks
	// Accounts manages people and their sessions.
	Accounts Accounts
	// Texts renders texts that are not saved.
	Texts Texts
	// Comments reads and writes comments.
	Comments Comments
	// Presence reports who has which entries open.
	Presence Presence
}

// Schema returns the schema that r executes, by gqlgen's executor. Inlined, it would compile the types of
// all fields again in the caller.
//
//go:noinline
func (r *Resolver) Schema() graphql.ExecutableSchema {
	return graph.NewExecutableSchema(graph.Config{Resolvers: r})
}
