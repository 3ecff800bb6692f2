package markdown_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

const yamlRest = "category: scaling # c\ncatalogGroup: data\ncatalogStatus: production-ready\nrecommendation: recommended\nrelevance: mainstream\ndifficulty: advanced\n"

const tomlRest = "category = 'scaling' # c\ncatalogGroup = 'data'\ncatalogStatus = 'production-ready'\nrecommendation = 'recommended'\nrelevance = 'mainstream'\ndifficulty = 'advanced'\n"

// spliced is a file of a pattern, an edit, and the result. The front matter that all patterns need
// is added to it.
type spliced struct {
	source string
	edit   func(*content.Pattern)
	want   string
}

func company(p *content.Pattern, i int) *content.Adoption { return &p.Adoptions[i] }

var splicedYAML = map[string]spliced{
	"a string":                {"name: One # who\n", func(p *content.Pattern) { p.Name = "Two" }, "name: Two # who\n"},
	"a string on two lines":   {"name: One\n  and two # who\n", func(p *content.Pattern) { p.Name = "Two" }, "name: Two # who\n"},
	"a string below its name": {"name: # who\n  # is it\n  One\n", func(p *content.Pattern) { p.Name = "Two" }, "name: # who\n  # is it\n  Two\n"},
	"a name in quotes":        {"name: One\n\"summary\" : 'a # b' # c\n", func(p *content.Pattern) { p.Summary = "x" }, "name: One\n\"summary\" : 'x' # c\n"},
	"a hash within a string":  {"name: One#1 # who\n", func(p *content.Pattern) { p.Name = "Two" }, "name: Two # who\n"},
	"nothing before":          {"name: One\nsummary: # none yet\n", func(p *content.Pattern) { p.Summary = "x" }, "name: One\nsummary: x # none yet\n"},
	"null before":             {"name: One\ntags: ~ # none yet\n", func(p *content.Pattern) { p.Tags = []string{"a"} }, "name: One\ntags: [a] # none yet\n"},
	"an empty list before":    {"name: One\ntags: [] # none yet\n", func(p *content.Pattern) { p.Tags = []string{"a"} }, "name: One\ntags: [a] # none yet\n"},
	"a block becomes a line":  {"name: One\nsummary: |  # long\n  Text.\n\n  More.\n# end\n", func(p *content.Pattern) { p.Summary = "Short" }, "name: One\nsummary: Short  # long\n# end\n"},
	"a folded block":          {"name: One\nsummary: >- # long\n  Text\n  more.\n", func(p *content.Pattern) { p.Summary = "Short: it" }, "name: One\nsummary: \"Short: it\" # long\n"},
	"a line of a block": {
		"name: One\nsummary: | # long\n    Text.\n\n    # no comment\n",
		func(p *content.Pattern) { p.Summary = "Text.\n\n# a comment\nx\n" }, "name: One\nsummary: | # long\n    Text.\n\n    # a comment\n    x\n",
	},
	"a block without its last line end": {
		"name: One\nsummary: | # long\n  Text.\n  More.\n",
		func(p *content.Pattern) { p.Summary = "Text.\nLess." }, "name: One\nsummary: |- # long\n  Text.\n  Less.\n",
	},
	"brackets over several lines": {
		"name: One\ntags: [ # all\n  a, # first\n  # second\n  'b', # two\n  c # last\n] # end\n",
		func(p *content.Pattern) { p.Tags = []string{"a", "x", "c", "d"} },
		"name: One\ntags: [ # all\n  a, # first\n  # second\n  'x', # two\n  c, # last\n  d\n] # end\n",
	},
	"brackets that open with an item": {
		"name: One\ntags: [a, b, # two\n  c] # end\n",
		func(p *content.Pattern) { p.Tags = []string{"x", "a", "c", "d"} },
		"name: One\ntags: [x, a, # two\n  c, d] # end\n",
	},
	"added and removed": {
		"name: One\ntags:\n- a # first\n- b # second\n- c # third\n",
		func(p *content.Pattern) { p.Tags = []string{"b", "d", "c", "e"} },
		"name: One\ntags:\n- b # second\n- d\n- c # third\n- e\n",
	},
	"removed and changed": {
		"name: One\ntags:\n- one thing # first\n- another thing # second\n",
		func(p *content.Pattern) { p.Tags = []string{"another thing, changed"} },
		"name: One\ntags:\n- \"another thing, changed\" # second\n",
	},
	"moved": {
		"name: One\ntags:\n# of a\n- a # first\n- b # second\n- c\n",
		func(p *content.Pattern) { p.Tags = []string{"b", "c", "a"} },
		"name: One\ntags:\n- b # second\n- c\n# of a\n- a # first\n",
	},
	"before the first": {
		"name: One\ntags: # all\n  # of a\n  - a\n",
		func(p *content.Pattern) { p.Tags = []string{"x", "a"} },
		"name: One\ntags: # all\n  - x\n  # of a\n  - a\n",
	},
	"the first field of a record": {
		"name: One\ncompanies:\n  - scale: 1M # about\n    company: uber # who\n",
		func(p *content.Pattern) { company(p, 0).Scale = nil },
		"name: One\ncompanies:\n  - company: uber # who\n",
	},
	"the first field before a comment": {
		"name: One\ncompanies:\n  - scale: 1M # about\n    # who\n    company: uber\n",
		func(p *content.Pattern) { company(p, 0).Scale = nil },
		"name: One\ncompanies:\n  -\n    # who\n    company: uber\n",
	},
	"a list within a record": {
		"name: One\ncompanies:\n  - company: uber # who\n    sources:\n    - a # one\n    - b # two\n    scale: x # about\n",
		func(p *content.Pattern) { company(p, 0).Sources = []string{"b", "c"}; company(p, 0).Scale = nil },
		"name: One\ncompanies:\n  - company: uber # who\n    sources:\n    - b # two\n    - c\n",
	},
	"a record in braces over several lines": {
		"name: One\ncompanies:\n  - {\n      company: uber, # who\n      scale: x # about\n    } # end\n",
		func(p *content.Pattern) { company(p, 0).Scale, company(p, 0).Year = nil, new(2001) },
		"name: One\ncompanies:\n  - {\n      company: uber, # who\n      year: 2001\n    } # end\n",
	},
	"a record within the entry": {
		"name: One\nprovenance: # from\n  page: a # one\n  # words\n  pageWords: 3 # two\n",
		func(p *content.Pattern) { p.Provenance.Page, p.Provenance.Origin = new("b"), new("o") },
		"name: One\nprovenance: # from\n  page: b # one\n  # words\n  pageWords: 3 # two\n  origin: o\n",
	},
	"beside what is unknown": {
		"name: One\nx: &x # anchor\n- a: [1,\n 2]\n- ? b\ntags: # all\n- a # first\n",
		func(p *content.Pattern) { p.Tags = []string{"a", "b"} },
		"name: One\nx: &x # anchor\n- a: [1,\n 2]\n- ? b\ntags: # all\n- a # first\n- b\n",
	},
}

var splicedTOML = map[string]spliced{
	"a string":         {"name = \"One\" # who\n", func(p *content.Pattern) { p.Name = "Two" }, "name = \"Two\" # who\n"},
	"an enum":          {"name = 'One'\n", func(p *content.Pattern) { p.Category = "DATA_MANAGEMENT" }, "name = 'One'\n"},
	"three quotes":     {"name = '''\nOne''' # who\n", func(p *content.Pattern) { p.Name = "It's" }, "name = \"It's\" # who\n"},
	"a list":           {"name = 'One'\ntags = [ # all\n  'a', # first\n  'b'\n] # end\n", func(p *content.Pattern) { p.Tags = []string{"a", "x", "c"} }, "name = 'One'\ntags = [ # all\n  'a', # first\n  'x',\n  \"c\"\n] # end\n"},
	"a list that goes": {"name = 'One'\n# a list\ntags = [\n 'a',\n] # end\n", func(p *content.Pattern) { p.Tags = nil }, "name = 'One'\n# a list\n"},
	"names with dots": {
		"name = 'One'\nprovenance.page = 'a' # one\nprovenance.pageWords = 3 # two\n",
		func(p *content.Pattern) { p.Provenance.PageWords, p.Provenance.Origin = new(4), new("o") },
		"name = 'One'\nprovenance.page = 'a' # one\nprovenance.pageWords = 4 # two\nprovenance.origin = \"o\"\n",
	},
}

// splicedTables have tables, which follow all fields.
var splicedTables = map[string]spliced{
	"a table": {
		"[provenance] # from\npage = 'a' # one\n\n# more\n[params]\nx = 1 # mine\n",
		func(p *content.Pattern) { p.Provenance.Page, p.Provenance.Origin = new("b"), new("o") },
		"[provenance] # from\npage = 'b' # one\norigin = \"o\"\n\n# more\n[params]\nx = 1 # mine\n",
	},
	"a table that goes": {
		"[provenance] # from\npage = 'a'\n# sources\n[[provenance.fieldSources]]\nfield = 'x'\nsource = 'y'\n\n# more\n[params]\nx = 1 # mine\n",
		func(p *content.Pattern) { p.Provenance = content.Provenance{} },
		"# sources\n\n# more\n[params]\nx = 1 # mine\n",
	},
	"a list of tables": {
		"# of uber\n[[companies]] # one\ncompany = 'uber' # who\nscale = 'x' # about\n\n# of lyft\n[[companies]] # two\ncompany = 'lyft' # who\n",
		func(p *content.Pattern) {
			company(p, 0).Scale = nil
			p.Adoptions = []content.Adoption{{CompanyKey: "new"}, p.Adoptions[1], p.Adoptions[0]}
		},
		"[[companies]]\ncompany = \"new\"\n\n# of lyft\n[[companies]] # two\ncompany = 'lyft' # who\n# of uber\n[[companies]] # one\ncompany = 'uber' # who\n",
	},
}

func TestSplicePreservesComments(t *testing.T) {
	check := func(t *testing.T, source, want string, edit func(*content.Pattern)) {
		t.Helper()
		for form, end := range map[string]string{"LF": "\n", "CRLF": "\r\n", "CR": "\r"} {
			shape := func(s string) string { return strings.ReplaceAll(s, "\n", end) }
			e, err := decodePattern([]byte(shape(source)))
			if err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			edit(e.(*content.Pattern))
			got, err := markdown.Splice([]byte(shape(source)), e, decodePattern)
			if err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			if d := cmp.Diff(shape(want), string(got)); d != "" {
				t.Errorf("%s (-want +got):\n%s", form, d)
			}
		}
	}
	for name, tt := range splicedYAML {
		t.Run(name, func(t *testing.T) {
			check(t, "---\n"+tt.source+yamlRest+"---\n", "---\n"+tt.want+yamlRest+"---\n", tt.edit)
		})
	}
	for name, tt := range splicedTOML {
		t.Run("TOML/"+name, func(t *testing.T) {
			rest := tomlRest
			if name == "an enum" {
				rest = strings.Replace(rest, "scaling", "data-management", 1)
			}
			check(t, "+++\n"+tt.source+tomlRest+"+++\n", "+++\n"+tt.want+rest+"+++\n", tt.edit)
		})
	}
	for name, tt := range splicedTables {
		t.Run("TOML/"+name, func(t *testing.T) {
			head := "+++\nname = 'One'\n" + tomlRest
			check(t, head+tt.source+"+++\n", head+tt.want+"+++\n", tt.edit)
		})
	}
}
