package seed_test

import (
	"path"
	"regexp"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// link is a link to another file of the tree. anchor is the heading that it refers to.
type link struct {
	label, target, anchor string
}

// linksOf returns the links of a Markdown text, without those in code.
func linksOf(s string) []link {
	var out []link
	for _, m := range links.FindAllStringSubmatch(withoutCode(s), -1) {
		target, anchor, _ := strings.Cut(m[2], "#")
		out = append(out, link{label: m[1], target: target, anchor: anchor})
	}
	return out
}

// external matches a link out of the hub.
var external = regexp.MustCompile(`^[a-z]+:`)

// mustResolve returns the entry that a link in the file of e refers to.
func mustResolve(t *testing.T, e content.Entry, l link, byID map[content.ID]content.Entry) content.Entry {
	t.Helper()
	linked := path.Join("/", path.Dir(file(e)), l.target)
	if l.target == "" {
		return e
	}
	stem, rest, _ := strings.Cut(strings.TrimPrefix(linked, "/"), "/")
	kind, ok := content.TypeByStem(stem)
	slug, isFile := strings.CutSuffix(rest, ".md")
	if !ok || !isFile {
		t.Errorf("%s: the link %q refers to no file of the tree", file(e), l.target)
		return nil
	}
	target := byID[content.ID{Type: kind, Key: slug}]
	if target == nil {
		t.Errorf("%s: the link %q refers to an entry that does not exist", file(e), l.target)
	}
	return target
}

// TestLinks requires that every link refers to an entry, and that texts of patterns and case studies
// link only entries that the graph also links; unrelated entries are plain text.
func TestLinks(t *testing.T) {
	entries := mustRead(t)
	byID := map[content.ID]content.Entry{}
	for _, e := range entries {
		byID[e.ID()] = e
	}
	renderer := markdown.NewRenderer()
	count := 0
	for _, e := range entries {
		related := neighbors(e, entries)
		for _, x := range texts(e) {
			for _, l := range linksOf(x.markdown) {
				count++
				if external.MatchString(l.target) {
					t.Errorf("%s: %s links out of the hub, to %s", file(e), x.field, l.target)
					continue
				}
				target := mustResolve(t, e, l, byID)
				if target == nil {
					continue
				}
				if l.anchor != "" && !hasAnchor(renderer, target, l.anchor) {
					t.Errorf("%s: %s has no heading #%s", file(e), file(target), l.anchor)
				}
				if related != nil && target != e && !related[target.ID()] {
					t.Errorf("%s: %s links %s, which is not among its relations", file(e), x.field, file(target))
				}
			}
		}
	}
	t.Logf("%d links", count)
}

func hasAnchor(r *markdown.Renderer, e content.Entry, anchor string) bool {
	for _, h := range r.Render(e.ID().Type, e.Head().Slug, body(e)).Headings {
		if h.Anchor == anchor {
			return true
		}
	}
	return false
}

// neighbors returns the entries that the graph connects with a pattern or a case study: those it
// refers to and, for a pattern, those that refer to it. It is nil for other types, whose texts may
// link any entry.
func neighbors(e content.Entry, all []content.Entry) map[content.ID]bool {
	id := e.ID()
	if id.Type != content.TypePattern && id.Type != content.TypeCaseStudy {
		return nil
	}
	out := map[content.ID]bool{}
	for _, r := range content.References(e) {
		out[r.Target] = true
	}
	for _, other := range all {
		if m, ok := other.(*content.Migration); ok && m.From.PatternKey == id.Key && id.Type == content.TypePattern {
			out[m.ID()] = true
		}
	}
	return out
}

// TestCaseStudiesLinkTheirPatterns requires that a case study links every pattern that it uses, so
// that the text covers every relation of the graph.
func TestCaseStudiesLinkTheirPatterns(t *testing.T) {
	for _, e := range mustRead(t) {
		study, ok := e.(*content.CaseStudy)
		if !ok {
			continue
		}
		linkedFiles := map[string]bool{}
		for _, l := range linksOf(study.Body.Markdown) {
			linkedFiles[path.Base(l.target)] = true
		}
		for _, use := range study.PatternUses {
			if !linkedFiles[use.PatternKey+".md"] {
				t.Errorf("%s: the text does not say what %s does there", file(e), use.PatternKey)
			}
		}
	}
}
