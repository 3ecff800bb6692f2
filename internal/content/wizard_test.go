package content_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// asking returns a wizard with a question for each slug, whose one answer leads to the slug beside it.
func asking(first string, next ...[2]string) *content.Wizard {
	w := &content.Wizard{Meta: head(content.TypeWizard), FirstQuestion: first}
	for _, n := range next {
		w.Questions = append(w.Questions, content.WizardQuestion{Slug: n[0], Label: n[0], Options: []content.WizardOption{{Slug: "yes", Label: "Yes", Next: n[1]}}})
	}
	return w
}

func TestQuestionsOfWizardsEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		wizard *content.Wizard
		want   []string
	}{
		"in order":          {asking("a", [2]string{"a", "b"}, [2]string{"b", "c"}, [2]string{"c", ""}), nil},
		"to one from two":   {asking("a", [2]string{"a", "c"}, [2]string{"b", "c"}, [2]string{"c", ""}), nil},
		"an unknown first":  {asking("z", [2]string{"a", ""}), []string{"firstQuestion NOT_FOUND"}},
		"an unknown next":   {asking("a", [2]string{"a", "z"}), []string{"questions.0.options.0.next NOT_FOUND"}},
		"to itself":         {asking("a", [2]string{"a", "a"}), []string{"questions.0.options.0.next INVALID"}},
		"in a circle":       {asking("a", [2]string{"a", "b"}, [2]string{"b", "a"}), []string{"questions.0.options.0.next INVALID", "questions.1.options.0.next INVALID"}},
		"to a circle":       {asking("a", [2]string{"a", "b"}, [2]string{"b", "b"}), []string{"questions.1.options.0.next INVALID"}},
		"two with one slug": {asking("a", [2]string{"a", ""}, [2]string{"a", ""}), []string{"questions.1.slug INVALID"}},
		"no first":          {asking("", [2]string{"a", ""}), []string{"firstQuestion REQUIRED"}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, codes(content.Validate(tt.wizard, true))); d != "" {
				t.Errorf("problems (-want +got):\n%s", d)
			}
		})
	}
}

func TestAnswersOfWizardsRecommendSomething(t *testing.T) {
	w := asking("a", [2]string{"a", ""})
	w.Questions[0].Options[0].Recommends = []content.WizardPick{{PatternKey: "p"}, {Text: "a habit"}, {}, {PatternKey: "p", PracticeKey: "q"}}
	w.Stacks = []content.WizardStack{{Name: "Small", Complexity: 6}}
	want := []string{"questions.0.options.0.recommends.2 REQUIRED", "questions.0.options.0.recommends.3 INVALID", "stacks.0.complexity INVALID"}
	if d := cmp.Diff(want, codes(content.Validate(w, true))); d != "" {
		t.Errorf("problems (-want +got):\n%s", d)
	}
}
