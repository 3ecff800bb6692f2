package advisor

import (
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"patternhub/internal/content"
)

// The bounds of an observation, as in its schema.
const (
	// maxValue is larger than anything that is counted here, and exact as a float.
	maxValue = 1e12
	maxHow   = 500
	// firstMonth is earlier than anything that the metrics count.
	firstMonth = "1970-01"
)

// howRecorded is the method of collection if the input has none.
const howRecorded = "Recorded through the API."

// Observed converts an input to an observation, or returns all that is wrong with it. A nil pattern
// is one that does not exist.
// The caller checks which patterns the viewer may name. now is the time of the request and bounds
// both times: a figure from the future would stay the newest forever. The observation shares the
// input's value. Nothing is stored.
func Observed(in content.PatternHealthRecordInput, pattern *content.Pattern, now time.Time) (*content.Observation, []content.UserError) {
	var wrong []content.UserError
	refuse := func(code content.UserErrorCode, field, message string) {
		wrong = append(wrong, content.UserError{Field: []string{"input", field}, Message: message, Code: code})
	}
	now = now.UTC()
	if pattern == nil {
		refuse(content.ErrNotFound, "pattern", fmt.Sprintf("There is no pattern %q.", clip(in.Pattern)))
	}
	if !in.Metric.Adoption() {
		refuse(content.ErrInvalid, "metric", "Only adoption metrics can be recorded; the collector's and the dashboard's own figures are theirs.")
	}
	// A month has one valid spelling, so that months sort as text.
	at, err := time.Parse("2006-01", in.Month)
	if err != nil || at.Format("2006-01") != in.Month || in.Month < firstMonth || in.Month > now.Format("2006-01") {
		refuse(content.ErrInvalid, "month", "A month is written 2026-01, from "+firstMonth+" to this month.")
	}
	if math.IsNaN(in.Value) || in.Value < 0 || in.Value > maxValue {
		refuse(content.ErrInvalid, "value", fmt.Sprintf("A value is from 0 to %.0f.", maxValue))
	}
	how := howRecorded
	if in.How != nil && *in.How != "" {
		how = *in.How
	}
	if utf8.RuneCountInString(how) > maxHow {
		refuse(content.ErrTooLong, "how", fmt.Sprintf("At most %d characters.", maxHow))
	}
	collected := now
	if in.CollectedAt != nil {
		collected = in.CollectedAt.UTC()
	}
	if collected.After(now) || collected.Year() < 1970 {
		refuse(content.ErrInvalid, "collectedAt", "It cannot have been collected in the future, nor before 1970.")
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return &content.Observation{
		PatternKey: pattern.Key, Metric: in.Metric, Month: in.Month, Value: &in.Value, Source: content.SourceRecorded, How: how, CollectedAt: collected,
	}, nil
}
