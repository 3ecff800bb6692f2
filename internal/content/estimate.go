package content

// Architecture is the present architecture of a system.
type Architecture string

// Values lists the values of the enum.
func (Architecture) Values() []string { return []string{"MONOLITH", "HYBRID", "MICROSERVICES"} }

// EstimateInput says what is to be introduced, by which team and into which system.
type EstimateInput struct {
	Patterns        []string
	Migrations      []string
	InUse           []string
	TeamSize        int
	Experience      *Experience
	Architecture    *Architecture
	CurrentUsers    *int
	ProjectedUsers  *int
	ExistingSystems *int
	DailyRate       *float64
	MonthlyBenefit  *float64
}

// Estimate is the effort and the return of an introduction. Ranges are in the unit of their field;
// those about money are nil without a daily rate.
type Estimate struct {
	PatternKeys    []string
	MigrationKeys  []string
	PersonDays     FloatRange
	CalendarWeeks  FloatRange
	Cost           *FloatRange
	PaybackMonths  *FloatRange
	ReturnPercent  *FloatRange
	Return         *FloatRange
	SuccessRate    *float64
	Complexity     *EstimateComplexity
	Terms          []EstimateTerm
	Sensitivity    []EstimateSensitivity
	Missing        []string
	FormulaVersion string
}

// EstimateTerm is one number that the estimate is made of. ValueMax is the upper end if it is a
// range. PatternKey or MigrationKey is set if the term is about one of these.
type EstimateTerm struct {
	Name         string
	Value        float64
	ValueMax     *float64
	Unit         string
	Source       string
	PatternKey   string
	MigrationKey string
}

// EstimateSensitivity is the effect of one input on the middle of the range of person-days.
type EstimateSensitivity struct {
	Input         string
	Change        string
	PersonDays    float64
	ChangePercent float64
}

// EstimateComplexity is the complexity of a set as a whole, by the facts' weights.
type EstimateComplexity struct {
	Score        float64
	Level        string
	UnscoredKeys []string
}
