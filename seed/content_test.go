package seed_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// TestReferences reads the tree: references to missing entries, unknown fields and values outside
// of their enum are errors with their position.
func TestReferences(t *testing.T) {
	count := map[content.EntryType]int{}
	for _, e := range mustRead(t) {
		count[e.ID().Type]++
	}
	for _, kind := range content.Types() {
		if count[kind] == 0 {
			t.Errorf("the seed has no %s", kind.Name())
		}
	}
}

// sections returns the headings that the body of an entry must have, without those that are fields
// of their own.
func sections(e content.Entry) []string {
	switch e := e.(type) {
	case *content.Pattern:
		need := []string{"How it works", "Implementation notes", "Failure modes", "What to monitor"}
		if e.TierKey == "bronze" {
			need = append(need, "Why bronze", "What to use instead", "How to move")
		}
		return need
	case *content.CaseStudy:
		return []string{"Context", "What was built", "Scale", "Patterns at work", "Lessons"}
	case *content.FailureStudy:
		return []string{"What happened", "Why it spread", "Lessons"}
	case *content.Law:
		return []string{"What it says", "Why it holds", "Consequences for design", "How patterns answer it", "Interactions"}
	case *content.Pillar:
		return []string{"What it covers", "Why it is hard", "What it means for design", "The patterns", "Together with the other pillars"}
	case *content.Migration:
		if e.Kind == "OUTLINE" {
			return []string{"Outline"}
		}
		return []string{"Why move", "Prepare", "Move", "Verify", "Roll back"}
	case *content.Journey:
		return []string{"Company examples"}
	case *content.Role:
		return []string{"Who this is for", "What to take from the hub"}
	}
	return nil
}

// minimum is the least number of words of an entry's body.
func minimum(e content.Entry) int {
	switch e := e.(type) {
	case *content.Pattern:
		if e.TierKey == "gold" {
			return 300
		}
		return 250
	case *content.CaseStudy:
		return 180
	case *content.Law, *content.Pillar, *content.Tier:
		return 250
	case *content.Journey, *content.Comparison, *content.Guide, *content.Page, *content.FailureStudy:
		return 200
	case *content.Migration:
		if e.Kind == "PLAYBOOK" {
			return 200
		}
		return 60
	case *content.Company, *content.Calculator, *content.Wizard:
		return 0 // the summary may be enough, and tools have tables
	}
	return 90
}

func TestSectionsAndLengths(t *testing.T) {
	renderer := markdown.NewRenderer()
	var patterns []int
	for _, e := range mustRead(t) {
		got := mustRender(t, renderer, e)
		if need := minimum(e); got.WordCount < need {
			t.Errorf("%s: the body has %d words, want at least %d", file(e), got.WordCount, need)
		}
		checkHeadings(t, e, got.Headings)
		for _, x := range texts(e) {
			if strings.TrimSpace(x.markdown) == "" && minimum(e) > 0 {
				t.Errorf("%s: %s is empty", file(e), x.field)
			}
		}
		if p, ok := e.(*content.Pattern); ok {
			patterns = append(patterns, got.WordCount)
			checkPattern(t, p)
		}
	}
	slices.Sort(patterns)
	if median := patterns[len(patterns)/2]; median <= 350 {
		t.Errorf("the median body of a pattern has %d words, want more than 350", median)
	} else {
		t.Logf("bodies of patterns: %d to %d words, median %d", patterns[0], patterns[len(patterns)-1], median)
	}
}

// checkHeadings checks that every section of the type appears once and is not empty.
func checkHeadings(t *testing.T, e content.Entry, got []content.Heading) {
	t.Helper()
	var names []string
	for _, h := range got {
		if slices.Contains(names, h.Text) && h.Level == 2 {
			t.Errorf("%s: the section %q appears twice", file(e), h.Text)
		}
		names = append(names, h.Text)
	}
	for _, name := range sections(e) {
		if !slices.Contains(names, name) {
			t.Errorf("%s: the section %q is missing", file(e), name)
		}
	}
	for part := range strings.SplitSeq("\n"+body(e), "\n## ") {
		name, rest, found := strings.Cut(part, "\n")
		if found && name != "" && len(strings.Fields(rest)) < 5 {
			t.Errorf("%s: the section %q is empty", file(e), name)
		}
	}
}

// checkPattern checks the sections that are fields of a pattern.
func checkPattern(t *testing.T, p *content.Pattern) {
	t.Helper()
	for name, s := range map[string]string{"Problem": p.Problem, "Solution": p.Solution} {
		if n := len(words(s)); n < 30 {
			t.Errorf("%s: %s has %d words, want at least 30", file(p), name, n)
		}
	}
	var checklist []string
	for _, item := range p.Checklist {
		checklist = append(checklist, item.Text)
	}
	for name, list := range map[string][]string{
		"When to use": p.WhenToUse, "When not to use": p.WhenNotToUse, "Pros": p.TradeOffs.Pros,
		"Cons": p.TradeOffs.Cons, "Checklist": checklist,
	} {
		if len(list) < 3 {
			t.Errorf("%s: %s has %d points, want at least 3", file(p), name, len(list))
		}
		if slices.Contains(list, "") {
			t.Errorf("%s: %s has an empty point", file(p), name)
		}
	}
	if p.TierKey != "bronze" && strings.Contains(p.Body.Markdown, "## Why bronze") {
		t.Errorf("%s: the pattern is %s and explains why it is bronze", file(p), p.TierKey)
	}
}

// TestNestedTexts requires a sentence wherever the facts have only a label.
func TestNestedTexts(t *testing.T) {
	for _, e := range mustRead(t) {
		need := map[string]string{}
		switch e := e.(type) {
		case *content.Migration:
			for _, s := range e.Steps {
				need["step "+s.Label] = s.Summary
			}
		case *content.Journey:
			for _, p := range e.Phases {
				need["phase "+p.Name] = p.Summary
			}
		case *content.LearningPath:
			for _, s := range e.Steps {
				need["step "+s.Label] = s.Summary
			}
		case *content.QuickStart:
			for _, s := range e.Steps {
				need["step "+s.Label] = s.Summary
			}
		case *content.Guide:
			for _, p := range e.Phases {
				need["phase "+p.Label] = p.Summary
			}
		case *content.Comparison:
			for _, s := range e.Scenarios {
				need["scenario "+s.Scenario] = s.Verdict
			}
		case *content.Tier:
			for _, c := range e.Criteria {
				need[c] = c
			}
		}
		need["summary"] = e.Head().Summary
		for field, s := range need {
			if len(words(s)) < 5 {
				t.Errorf("%s: the text of %s is missing or too short: %q", file(e), field, s)
			}
		}
	}
}

// handlers matches attributes that run scripts.
var handlers = regexp.MustCompile(`<[^>]+\son[a-z]+=`)

// TestHTML renders every text of every entry and checks that a page can show the HTML unchanged.
func TestHTML(t *testing.T) {
	renderer := markdown.NewRenderer()
	for _, e := range mustRead(t) {
		for _, x := range texts(e) {
			html := renderer.Render(e.ID().Type, e.Head().Slug, x.markdown).HTML
			for _, bad := range []string{"<script", "javascript:", "<iframe", "<style"} {
				if strings.Contains(strings.ToLower(html), bad) {
					t.Errorf("%s: %s renders to HTML with %q", file(e), x.field, bad)
				}
			}
			if handler := handlers.FindString(html); handler != "" {
				t.Errorf("%s: %s renders to HTML with the event handler %s", file(e), x.field, handler)
			}
			for _, href := range hrefs(html) {
				if path.Ext(href) == ".md" || strings.HasPrefix(href, ".") {
					t.Errorf("%s: %s contains the relative link %s", file(e), x.field, href)
				}
			}
		}
	}
}

// hrefs returns the link targets of HTML.
func hrefs(html string) []string {
	var out []string
	for _, part := range strings.Split(html, `href="`)[1:] {
		target, _, _ := strings.Cut(part, `"`)
		target, _, _ = strings.Cut(target, "#")
		out = append(out, target)
	}
	return out
}
