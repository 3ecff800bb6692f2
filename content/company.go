package content

// Company is a company, product or open-source system that runs patterns.
type Company struct {
	Meta             `bson:",inline"`
	Kind             CompanyKind      `bson:"kind" rule:"required"`
	Industry         string           `bson:"industry" rule:"publish"`
	Aliases          []string         `bson:"aliases,omitempty"`
	Scale            []string         `bson:"scale,omitempty"`
	MentionedIn      *string          `bson:"mentionedIn,omitempty"`
	References       []ReferenceCount `bson:"references,omitempty" rule:"max=12"`
	OwnerKey         string           `bson:"owner,omitempty" ref:"COMPANY"`
	PatternStackKeys []string         `bson:"patternStack,omitempty" ref:"PATTERN" rule:"max=10"`
	Body             RichText         `bson:"body,omitempty"`
}

// ReferenceCount is how often a part of the source refers to an entry.
type ReferenceCount struct {
	Source string `bson:"source" rule:"publish"`
	Count  int    `bson:"count"`
}

// CompanyKind is what a company entry stands for.
type CompanyKind string

// Values lists the values of the enum.
func (CompanyKind) Values() []string {
	return []string{"COMPANY", "PRODUCT", "OPEN_SOURCE", "FOUNDATION", "RESEARCH"}
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

// CompanyKindFilter selects by the value of CompanyKind.
type CompanyKindFilter = EnumFilter[CompanyKind]
