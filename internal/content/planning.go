package content

// Planning holds the tables beside the calculator that plans of migrations use, and the scales of
// other facts.
type Planning struct {
	MigrationPhases  []string         `bson:"migrationPhases"  json:"migrationPhases"`
	MigrationLevels  []MigrationLevel `bson:"migrationLevels"  json:"migrationLevels"`
	MigrationRisks   []MigrationRisk  `bson:"migrationRisks"   json:"migrationRisks"`
	MigrationStories []string         `bson:"migrationStories" json:"migrationStories"`
	ConstraintMatrix ConstraintMatrix `bson:"constraintMatrix" json:"constraintMatrix"`
	FitScale         []FitStep        `bson:"fitScale"         json:"fitScale"`
}

// MigrationLevel is the duration and the risk of migrations of an effort. The range of the longest
// has no upper end.
type MigrationLevel struct {
	Level Effort   `bson:"level" json:"level"`
	Weeks IntRange `bson:"weeks" json:"weeks"`
	Risk  Level    `bson:"risk"  json:"risk"`
}

// MigrationRisk is a risk of a migration.
type MigrationRisk struct {
	Risk        string `bson:"risk"        json:"risk"`
	Probability Level  `bson:"probability" json:"probability"`
	Impact      Level  `bson:"impact"      json:"impact"`
}

// ConstraintMatrix scores patterns against constraints. The constraints are named after an older list
// of eight axioms, not after the seven laws; Note says so.
type ConstraintMatrix struct {
	Note        string          `bson:"note"        json:"note"`
	Scale       IntRange        `bson:"scale"       json:"scale"`
	Constraints []string        `bson:"constraints" json:"constraints"`
	Rows        []ConstraintRow `bson:"rows"        json:"rows"`
}

// ConstraintRow is a pattern with its scores, in the order of the constraints.
type ConstraintRow struct {
	PatternKey string            `bson:"pattern" json:"pattern"`
	Scores     []ConstraintScore `bson:"scores"  json:"scores"`
}

// ConstraintScore is the score of one constraint: negative if the pattern makes it worse, positive if
// it helps.
type ConstraintScore struct {
	Constraint string `bson:"constraint" json:"constraint"`
	Score      int    `bson:"score"      json:"score"`
}

// FitStep is the meaning of a number for a pattern's fit to a pillar.
type FitStep struct {
	Fit   int    `bson:"fit"   json:"fit"`
	Label string `bson:"label" json:"label"`
}
