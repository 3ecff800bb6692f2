package mongodb_test

import (
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
)

// TestATransactionThatTookTooLongIsNotRepeated distinguishes a transaction that the server has ended
// because of its time from one that a new primary does not know.
func TestATransactionThatTookTooLongIsNotRepeated(t *testing.T) {
	for name, tt := range map[string]struct {
		code int32
		took time.Duration
		want content.Code
	}{
		"ended by the server": {251, 10 * time.Second, content.LimitExceeded},
		"a new primary":       {251, time.Second, content.Internal},
		"a conflict":          {112, 10 * time.Second, content.Internal},
	} {
		if err := mongodb.Overdue(tt.code, tt.took); content.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}
