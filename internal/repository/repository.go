// Package repository combines MongoDB, where content is stored, with the editorial rules that every
// write goes through. It holds nothing else; what concerns one of them belongs to its own package.
package repository

import (
	"patternhub/internal/authoring"
	"patternhub/internal/content"
	"patternhub/internal/mongodb"
)

// Store is the content.Store and the content.Author on MongoDB. It is safe for concurrent use.
type Store struct {
	*mongodb.Store
	*authoring.Editor
}

var (
	_ content.Store  = (*Store)(nil)
	_ content.Author = (*Store)(nil)
)

// Open opens a store as mongodb.Open does. review is the Review of authoring.Options; it may be
// nil.
func Open(o mongodb.Options, review func(content.Entry) []content.UserError) (*Store, error) {
	s, err := mongodb.Open(o)
	if err != nil {
		return nil, err
	}
	return &Store{Store: s, Editor: authoring.New(authoring.Options{Store: s, Render: o.Render, Review: review, Now: o.Now})}, nil
}
