package content

// MigrationLevel is the duration and the risk of migrations of an effort. The range of the longest
// has no upper end.
type MigrationLevel struct {
	Level Effort   `bson:"level" rule:"required"`
	Weeks IntRange `bson:"weeks,omitempty"`
	Risk  Level    `bson:"risk" rule:"required"`
}

// MigrationRisk is a risk of a migration.
type MigrationRisk struct {
	Risk        string `bson:"risk" rule:"publish"`
	Probability Level  `bson:"probability" rule:"required"`
	Impact      Level  `bson:"impact" rule:"required"`
}

// ConstraintMatrix scores patterns against constraints. The constraints are named after an older list
// of eight axioms, not after the seven laws; Note says so.
type ConstraintMatrix struct {
	Note        string          `bson:"note"`
	Scale       IntRange        `bson:"scale,omitempty"`
	Constraints []string        `bson:"constraints,omitempty"`
	Rows        []ConstraintRow `bson:"rows,omitempty" rule:"max=20"`
}

// ConstraintRow is a pattern with its scores, in the order of the constraints.
type ConstraintRow struct {
	PatternKey string            `bson:"pattern,omitempty" ref:"PATTERN" rule:"publish"`
	Scores     []ConstraintScore `bson:"scores,omitempty" rule:"max=10"`
}

// ConstraintScore is the score of one constraint: negative if the pattern makes it worse, positive if
// it helps.
type ConstraintScore struct {
	Constraint string `bson:"constraint" rule:"publish"`
	Score      int    `bson:"score"`
}

// FitStep is the meaning of a number for a pattern's fit to a pillar.
type FitStep struct {
	Fit   int    `bson:"fit"`
	Label string `bson:"label" rule:"publish"`
}
