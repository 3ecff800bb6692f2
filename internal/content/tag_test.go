package content_test

import (
	"regexp"
	"strings"
	"testing"

	"patternhub/internal/content"
)

func TestTags(t *testing.T) {
	for entryType, want := range map[content.EntryType]string{
		content.TypeLaw: "law", content.TypeCaseStudy: "case-study", content.TypeFailureStudy: "failure-study", content.TypeLearningPath: "learning-path",
	} {
		if got := entryType.Tag(); got != want {
			t.Errorf("%s is tagged %q, want %q", entryType, got, want)
		}
		if got := (content.ID{Type: entryType, Key: "k"}).Tag(); got != want+":k" {
			t.Errorf("an entry of %s is tagged %q", entryType, got)
		}
	}
	word := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	for _, entryType := range content.Types() {
		if got := entryType.Tag(); !word.MatchString(got) || content.EntryType(strings.ToUpper(strings.ReplaceAll(got, "-", "_"))) != entryType {
			t.Errorf("%s is tagged %q", entryType, got)
		}
	}
	if got := content.EntryType("NONE").Tag(); got != "" {
		t.Errorf("an unknown type is tagged %q", got)
	}
}
