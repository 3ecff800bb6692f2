package markdown_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

const commentedHead = "---\nname: Saga # who\nsummary: x\n# of what follows\n" + yamlRest + "---\n"

func mustSplice(t interface {
	Helper()
	Fatal(...any)
}, source string, edit func(*content.Pattern),
) string {
	t.Helper()
	e, err := decodePattern([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	edit(e.(*content.Pattern))
	out, err := markdown.Splice([]byte(source), e, decodePattern)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestSpliceOfBodies(t *testing.T) {
	for name, tt := range map[string]struct {
		source string
		edit   func(*content.Pattern)
		want   string
	}{
		"a section that comes back": {
			"\n## Problem\n\nOld.\n## When to use\n\n- a\n",
			func(p *content.Pattern) { p.WhenToUse, p.WhenNotToUse = nil, []string{"b"} },
			"\n## Problem\n\nOld.\n\n## When not to use\n\n- b\n",
		},
		"a section between two without an empty line": {
			"\n## Problem\nOld.\n## When to use\n- a\n",
			func(p *content.Pattern) { p.Solution = "New." },
			"\n## Problem\nOld.\n\n## Solution\n\nNew.\n\n## When to use\n- a\n",
		},
		"a section that was empty": {
			"\n## Problem\n## When to use\n- a\n",
			func(p *content.Pattern) { p.Problem = "New." },
			"\n## Problem\n\nNew.\n\n## When to use\n- a\n",
		},
		"the last section goes": {
			"\n## Problem\n\nOld.\n\n## When to use\n\n- a\n",
			func(p *content.Pattern) { p.WhenToUse = nil },
			"\n## Problem\n\nOld.\n",
		},
		"all sections go": {"\n## Problem\n\nOld.\n\n## When to use\n\n- a\n", func(p *content.Pattern) { p.Problem, p.WhenToUse = "", nil }, ""},
		"a part without an empty line": {
			"\n## Trade-offs\n### Pros\n- a\n## When to use\n- a\n",
			func(p *content.Pattern) { p.TradeOffs.Cons = []string{"b"} },
			"\n## Trade-offs\n### Pros\n- a\n\n### Cons\n\n- b\n\n## When to use\n- a\n",
		},
		"the first body": {
			"\n## Problem\n\nOld.\n",
			func(p *content.Pattern) { p.Body.Markdown = "Lead.\n\n## Notes\n\nText.\n" },
			"\nLead.\n\n## Problem\n\nOld.\n\n## Notes\n\nText.\n",
		},
		"the first text": {"", func(p *content.Pattern) { p.Body.Markdown = "Lead.\n" }, "\nLead.\n"},
		"a heading behind the last line of the lead": {
			"Lead.\n## Problem\n\nOld.\n",
			func(p *content.Pattern) { p.Body.Markdown = "Lead.\n\n## Notes\n\nText.\n" },
			"Lead.\n\n## Notes\n\nText.\n\n## Problem\n\nOld.\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(commentedHead+tt.want, mustSplice(t, commentedHead+tt.source, tt.edit)); d != "" {
				t.Errorf("spliced (-want +got):\n%s", d)
			}
		})
	}
}

// TestHeadingsAreSetApart edits sections repeatedly. Exactly one empty line precedes and follows
// each heading, whatever was there before, and the front matter does not change.
func TestHeadingsAreSetApart(t *testing.T) {
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.Custom(word), 0, 3).Draw(t, "paragraphs"), "\n\n")
	})
	list := rapid.SliceOfN(rapid.Custom(word), 0, 3)
	body := rapid.Custom(func(t *rapid.T) string {
		lead, notes := text.Draw(t, "lead"), text.Draw(t, "notes")
		if notes != "" {
			notes = "## Notes\n\n" + notes
		}
		return strings.Trim(lead+"\n\n"+notes, "\n") + "\n"
	})
	rapid.Check(t, func(t *rapid.T) {
		source := commentedHead
		for range rapid.IntRange(1, 6).Draw(t, "edits") {
			source = mustSplice(t, source, func(p *content.Pattern) {
				for range rapid.IntRange(1, 3).Draw(t, "at once") {
					switch rapid.IntRange(0, 6).Draw(t, "field") {
					case 0:
						p.Problem = text.Draw(t, "problem")
					case 1:
						p.Solution = text.Draw(t, "solution")
					case 2:
						p.WhenToUse = list.Draw(t, "when to use")
					case 3:
						p.WhenNotToUse = list.Draw(t, "when not to use")
					case 4:
						p.TradeOffs.Pros = list.Draw(t, "pros")
					case 5:
						p.TradeOffs.Cons = list.Draw(t, "cons")
					default:
						p.Body.Markdown = body.Draw(t, "body")
					}
				}
			})
			if !strings.HasPrefix(source, commentedHead) {
				t.Fatalf("the front matter was changed:\n%s", source)
			}
			lines := strings.Split(strings.TrimPrefix(source, strings.TrimSuffix(commentedHead, "---\n")), "\n")
			for i, l := range lines {
				if strings.HasPrefix(l, "#") && (lines[i-1] != "" || lines[i-2] == "" || lines[i+1] != "" || lines[i+2] == "") {
					t.Fatalf("not one empty line around %q:\n%s", l, source)
				}
			}
			if strings.HasSuffix(source, "\n\n") {
				t.Fatalf("an empty line is left at the end:\n%s", source)
			}
		}
	})
}
