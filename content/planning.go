package content

// Planning is the tables beside the calculator that plans of migrations rest on, and the scales
// that other facts are told in.
type Planning struct {
	MigrationPhases  []string         `bson:"migrationPhases"  json:"migrationPhases"`
	MigrationLevels  []MigrationLevel `bson:"migrationLevels"  json:"migrationLevels"`
	MigrationRisks   []MigrationRisk  `bson:"migrationRisks"   json:"migrationRisks"`
	MigrationStories []string         `bson:"migrationStories" json:"migrationStories"`
	ConstraintMatrix ConstraintMatrix `bson:"constraintMatrix" json:"constraintMatrix"`
	FitScale         []FitStep        `bson:"fitScale"         json:"fitScale"`
}

// MigrationLevel is how long migrations of an effort take, and how risky they are. The longest
// has no upper end.
type MigrationLevel struct {
	Level Effort   `bson:"level" json:"level"`
	Weeks IntRange `bson:"weeks" json:"weeks"`
	Risk  Level    `bson:"risk"  json:"risk"`
}

// MigrationRisk is what can go wrong in a migration.
type MigrationRisk struct {
	Risk        string `bson:"risk"        json:"risk"`
	Probability Level  `bson:"probability" json:"probability"`
	Impact      Level  `bson:"impact"      json:"impact"`
}

// ConstraintMatrix is how patterns stand to constraints. The constraints' names are those of an
// older list of eight axioms, not of the seven laws; Note says so.
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

// ConstraintScore is below zero where a pattern makes a constraint worse, above where it helps.
type ConstraintScore struct {
	Constraint string `bson:"constraint" json:"constraint"`
	Score      int    `bson:"score"      json:"score"`
}

// FitStep is what a number of a pattern's fit to a pillar means.
type FitStep struct {
	Fit   int    `bson:"fit"   json:"fit"`
	Label string `bson:"label" json:"label"`
}
