package content

// Company is a company, product or open-source system that runs patterns.
type Company struct {
	Meta             `bson:",inline" entry:"order=50,rank=20,prime"`
	Kind             CompanyKind      `bson:"kind" rule:"required" list:"facet"`
	Industry         string           `bson:"industry" rule:"publish" list:"facet" search:"detail"`
	Aliases          []string         `bson:"aliases,omitempty" search:"alias"`
	Scale            []string         `bson:"scale,omitempty" search:"detail"`
	MentionedIn      *string          `bson:"mentionedIn,omitempty"`
	References       []ReferenceCount `bson:"references,omitempty" rule:"max=12"`
	OwnerKey         string           `bson:"owner,omitempty" ref:"COMPANY" list:"facet"`
	PatternStackKeys []string         `bson:"patternStack,omitempty" ref:"PATTERN" rule:"max=10"`
	Body             RichText         `bson:"body,omitempty" list:"page"`
}

// ReferenceCount is the number of references to an entry in a part of the source.
type ReferenceCount struct {
	Source string `bson:"source" rule:"publish"`
	Count  int    `bson:"count"`
}

// CompanyFilter selects companies. All given conditions must hold.
type CompanyFilter struct {
	And, Or []*CompanyFilter
	Not     *CompanyFilter
	EntryFilter
	Kind     *CompanyKindFilter
	Industry *TextFilter
	Owner    *SlugFilter
	Aliases  *TextFilter
}
