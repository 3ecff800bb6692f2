// Package resolvers answers the fields of the schema: each method parses its arguments, makes
// one call and returns. Rules live in content and the advisor, reading in loaders, and what
// several methods share stands in helper files, never in *.resolvers.go.
//
// A field is answered in one of four ways:
//
//	from its object    nothing to do; gqlgen reads the struct field
//	by a loader        relations, lists, long texts: loaders.For(ctx), batched for the whole response
//	by a tool          the inputs are loaded and handed to a pure function of the advisor
//	by a write         the input becomes a content.Edit or Release, the outcome a payload
//
// Below the root nothing may touch the store: a list of a hundred patterns would ask it a hundred
// times. Who may do something is settled before a method is called.
//
// Errors go up as they are. What a client can help has a code and a safe message already; what an
// author did wrong is no error but a row of userErrors. Nil stands for null, so an interface must
// hold a plain nil, see asNode.
package resolvers

import (
	"context"

	"patternhub/advisor"
	"patternhub/content"
	"patternhub/search"
)

// Resolver holds what the root fields need; below the root everything comes from the loaders.
// It is made once and serves all requests, so nothing in it may belong to one of them.
type Resolver struct {
	// ViewerOf tells who sent the request that a context belongs to.
	ViewerOf func(context.Context) *content.Viewer
	// Networks gives the relations among patterns, in each perspective.
	Networks *advisor.Live
	// Health records observations.
	Health Health
	// Index finds entries by words, in each perspective.
	Index *search.Engine
	// Changes tells what has been published.
	Changes Changes
	// Authoring writes.
	Authoring Authoring
	// Webhooks tells endpoints of changes.
	Webhooks Webhooks
}
