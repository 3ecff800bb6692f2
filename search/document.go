package search

import (
	"slices"
	"strings"

	"patternhub/content"
)

// texts is what can be found of an entry, and what it is filtered by. Highlights are taken
// from the same texts.
type texts struct {
	name, summary, body string
	aliases             []string
	details             []string
	tier                string // a key
	category            string
	difficulty          string
}

// textsOf takes the texts out of a whole entry. Facts about sources, figures and references
// are no texts; what an entry refers to is found under its own name.
// Every type must be named here or in guidance; one that is not would be found by name and summary
// alone.
func textsOf(e content.Entry) texts {
	h := e.Head()
	t := texts{name: h.Name, summary: h.Summary}
	switch e := e.(type) {
	case *content.Pattern:
		t.pattern(e)
	case *content.Tier:
		t.body = e.Body.Text
		t.add(append([]string{e.Badge}, e.Criteria...)...)
	case *content.Law:
		t.body, t.difficulty, t.aliases = e.Body.Text, string(value(e.Difficulty)), append([]string{e.ShortCode}, e.FormerAxioms...)
		for _, loop := range e.Loops {
			t.add(loop.Name)
		}
		for _, i := range e.Interactions {
			t.add(value(i.Example))
		}
	case *content.Pillar:
		t.body, t.difficulty, t.aliases = e.Body.Text, string(value(e.Difficulty)), []string{e.ShortCode}
		t.add(e.KeyTechniques...)
	case *content.Role:
		t.body = e.Body.Text
	case *content.Company:
		t.body, t.aliases = e.Body.Text, e.Aliases
		t.add(append([]string{e.Industry}, e.Scale...)...)
	case *content.Practice:
		t.body, t.aliases = e.Body.Text, e.Aliases
	case *content.CaseStudy:
		t.body, t.aliases, t.tier, t.difficulty = e.Body.Text, e.Aliases, e.TierKey, string(value(e.Difficulty))
		t.add(append([]string{e.Domain, e.System}, e.Techniques...)...)
	case *content.FailureStudy:
		t.body = e.Body.Text
		t.add(e.Cause)
	case *content.Comparison:
		t.body = e.Body.Text
		t.add(e.Criteria...)
		for _, s := range e.Scenarios {
			t.add(s.Scenario, s.Verdict)
		}
	case *content.Page:
		t.body = e.Body.Text
	default:
		t.guidance(e)
	}
	return t
}

// pattern takes the catalogue's name as an alias only where it is another one.
func (t *texts) pattern(p *content.Pattern) {
	t.body, t.tier, t.category, t.difficulty = p.Body.Text, p.TierKey, string(p.Category), string(p.Difficulty)
	t.aliases = p.Aliases
	if squeeze(p.CatalogName) != squeeze(p.Name) {
		t.aliases = append(slices.Clone(t.aliases), p.CatalogName)
	}
	t.add(p.Problem, p.Solution)
	t.add(p.WhenToUse...)
	t.add(p.WhenNotToUse...)
	t.add(p.TradeOffs.Pros...)
	t.add(p.TradeOffs.Cons...)
	for _, item := range p.Checklist {
		t.add(item.Text)
	}
	t.add(p.Tags...)
	t.add(p.PrerequisiteTopics...)
}

// guidance takes the texts of what leads somewhere in steps.
func (t *texts) guidance(e content.Entry) {
	switch e := e.(type) {
	case *content.Guide:
		t.body, t.tier = e.Body.Text, e.TierKey
		for _, p := range e.Phases {
			t.add(p.Label, p.Summary)
		}
		for _, b := range e.ScaleBands {
			t.add(b.Band)
		}
	case *content.QuickStart:
		t.body = e.Body.Text
		for _, s := range e.Steps {
			t.add(s.Label, s.Summary)
		}
		for _, s := range e.Scenarios {
			t.add(s.Scenario)
		}
		t.add(e.Sprints...)
		t.add(e.Months...)
		t.add(e.MaturityAreas...)
		for _, g := range e.Governance {
			t.add(g.Rule)
		}
	case *content.LearningPath:
		t.body = e.Body.Text
		t.add(value(e.Topic), value(e.RoleLabel))
		for _, s := range e.Steps {
			t.add(s.Label, s.Summary)
		}
	case *content.Journey:
		t.body, t.difficulty = e.Body.Text, string(e.Difficulty)
		for _, p := range e.Phases {
			t.add(p.Name, p.Summary)
			t.add(p.Techniques...)
		}
	case *content.Migration:
		t.body, t.difficulty, t.aliases = e.Body.Text, string(value(e.Difficulty)), present(value(e.Named))
		for _, s := range e.Steps {
			t.add(s.Label, s.Summary)
		}
		t.add(e.ComplexityFactors...)
	}
}

// add takes in details, which weigh less than a summary and more than the body.
func (t *texts) add(details ...string) { t.details = append(t.details, present(details...)...) }

// present leaves out what is empty.
func present(list ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// value is what p points to, the zero value for nil.
func value[V any](p *V) V {
	if p == nil {
		var zero V
		return zero
	}
	return *p
}

// precedence orders the types where scores are equal and in suggestions: what people come for
// stands first.
func precedence() []content.EntryType {
	return []content.EntryType{
		content.TypePattern, content.TypeCompany, content.TypeCaseStudy, content.TypeLaw, content.TypePillar, content.TypeTier,
		content.TypePractice, content.TypeGuide, content.TypeComparison, content.TypeMigration, content.TypeJourney,
		content.TypeQuickStart, content.TypeLearningPath, content.TypeRole, content.TypeFailureStudy, content.TypePage,
	}
}

// prime tells whether entries of a type stand before others of the same name.
func prime(t content.EntryType) bool { return t == content.TypePattern || t == content.TypeCompany }

// rankOf is the place of a type in precedence; unknown types stand last.
func rankOf(t content.EntryType) int {
	if i := slices.Index(precedence(), t); i >= 0 {
		return i
	}
	return len(precedence())
}

// docID names an entry in the index. Equal scores are ordered by it, so it begins with the
// type's precedence as a letter.
// There are at most 26 types before the letters run out.
func docID(id content.ID) string {
	return "abcdefghijklmnopqrstuvwxyz"[rankOf(id.Type):][:1] + string(id.Type) + ":" + id.Key
}

// entryID reads a docID back.
func entryID(doc string) content.ID {
	t, key, _ := strings.Cut(doc[1:], ":")
	return content.ID{Type: content.EntryType(t), Key: key}
}
