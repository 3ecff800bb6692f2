// Package resolvers answers the fields of the schema: each method parses its arguments, makes
// one call and returns. Rules live in content and the advisor, reading in loaders, and what
// several methods share stands in helper files, never in *.resolvers.go.
package resolvers

import (
	"context"

	"patternhub/advisor"
	"patternhub/content"
	"patternhub/search"
)

// Resolver holds what the root fields need; below the root everything comes from the loaders.
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
