package content

// Architecture is what a system is built as now.
type Architecture string

// Values lists the values of the enum.
func (Architecture) Values() []string { return []string{"MONOLITH", "HYBRID", "MICROSERVICES"} }

// EstimateInput is what is to be introduced, by whom and into what.
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

// Estimate is what an introduction takes and gives. Ranges are in the unit of their field;
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

// EstimateTerm is one number that the estimate is made of. ValueMax is the upper end where it
// is a range; Pattern and Migration say what it is about, where it is about one.
type EstimateTerm struct {
	Name         string
	Value        float64
	ValueMax     *float64
	Unit         string
	Source       string
	PatternKey   string
	MigrationKey string
}

// EstimateSensitivity is how the middle of the person-days moves when one input does.
type EstimateSensitivity struct {
	Input         string
	Change        string
	PersonDays    float64
	ChangePercent float64
}

// EstimateComplexity is how complex a set is as a whole, by the facts' weights.
type EstimateComplexity struct {
	Score        float64
	Level        string
	UnscoredKeys []string
}
