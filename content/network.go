package content

// PatternPathStep is one hop from one pattern to another by what one of them states. Direction is OUT
// where From states it and IN where To does.
type PatternPathStep struct {
	FromKey   string
	ToKey     string
	Relation  PatternRelation
	Direction RelationDirection
	Weight    int
	Inferred  bool
}

// PatternGraph is a part of the network of patterns: those within some hops of a centre, and
// the relations among them, a symmetric pair as one.
type PatternGraph struct {
	CentreKey string
	Depth     int
	Nodes     []PatternGraphNode
	Edges     []PatternGraphEdge
}

// PatternGraphNode is a pattern with its hops from the centre.
type PatternGraphNode struct {
	PatternKey string
	Distance   int
}

// PatternGraphEdge is a relation that From states about To. Symmetric ones are stated by both.
type PatternGraphEdge struct {
	FromKey  string
	ToKey    string
	Relation PatternRelation
	Weight   int
	Inferred bool
}

// PatternImpact is what depends on a pattern. Dependents have it as a prerequisite, directly or
// through others.
type PatternImpact struct {
	PatternKey string
	Dependents []PatternGraphNode
}

// IsSymmetric tells whether both patterns state the relation.
func (e *PatternGraphEdge) IsSymmetric() bool { return e.Relation.Symmetric() }
