package content

// PatternPathStep is one hop from one pattern to another along a relation. Direction is OUT if From
// has the relation and IN if To does.
type PatternPathStep struct {
	FromKey   string
	ToKey     string
	Relation  PatternRelation
	Direction RelationDirection
	Weight    int
	Inferred  bool
}

// PatternGraph is a part of the network of patterns: those within Depth hops of a centre, and the
// relations among them. A symmetric pair is one edge.
type PatternGraph struct {
	CentreKey string
	Depth     int
	Nodes     []PatternGraphNode
	Edges     []PatternGraphEdge
}

// PatternGraphNode is a pattern with its distance from the centre in hops.
type PatternGraphNode struct {
	PatternKey string
	Distance   int
}

// PatternGraphEdge is a relation that From has to To. Both patterns have a symmetric one.
type PatternGraphEdge struct {
	FromKey  string
	ToKey    string
	Relation PatternRelation
	Weight   int
	Inferred bool
}

// PatternNetwork is all patterns, or a part of them in the order of their slugs, and the relations among
// them.
type PatternNetwork struct {
	PatternKeys []string
	Edges       []PatternGraphEdge
	TotalCount  int
	HasNextPage bool
}

// PatternImpact has everything that depends on a pattern. Dependents have it as a prerequisite, directly or
// through others.
type PatternImpact struct {
	PatternKey string
	Dependents []PatternGraphNode
}

// IsSymmetric reports whether both patterns state the relation.
func (e *PatternGraphEdge) IsSymmetric() bool { return e.Relation.Symmetric() }
