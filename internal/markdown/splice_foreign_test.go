package markdown_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// foreignYAML are fields of other programs in many forms of YAML.
var foreignYAML = []string{
	"? a\n: b\n", "? a\n:\n  - b\n", "x:\n  ? a\n  : b\n", "x: &a\n  b: 1\n  c: [2]\n", "x: &a\n- b\n", "x: !!binary |\n  aGk=\n", "x: !!set {a, b}\n",
	"x: [a: b, c]\n", "x: {a, b: 1}\n", "x: [\n1,\n2\n]\n", "x:\n- - a\n  - b\n- - c\n", "x: |+\n  a\n\n\n", "x: |2\n    a\n   b\n", "x: >\n\n  a\n  # b\n",
	"x:\n- |\n  # a\n  b\n- >-\n  c\n", "x: \"a\n\n  b: c\"\n", "x: 'a\n  # b'\n", "\"a: b\": c\n", "a b : c\n", "x: {a: [1, {b: 2}], # c\n  d: e}\n",
	"x:\n  y:\n    z: 1\n  # c\n  w: 2\n", "x: a:b\n", "x: http://a.b/c#d\n", "1: 2\n", "x: [a, 'it''s', it's, \"]\", b]\n", "x: {a: 'b', \"c\": d}\n",
	"x:\n\n  - a\n\n  -\n    b: c\n", "x: [a,b,]\n", "x: {\"a\":1}\n", "x:\t1\n", "x: 2001-01-01 # d\n", "x: [\n  # only\n]\n", "x: 'a' # '\n",
	"x: a\n  - b\n", "x: {\n}\n", "x: [[1,2],[3]]\n", "x: null\n", "x:\n  # nothing\n", "x: \"\\\"#\" # c\n", "日本: 語 # c\n", "x: a # b: c\n  # d\n",
	"x: [?a, -b]\n", "x: {? a : b}\n", "x: \"a\\\n  b\" # c\n",
}

// foreignTOML are fields of other programs in many forms of TOML.
var foreignTOML = []string{
	"x = 1 # c\n", "\"a b\" = 2001-01-01T01:02:03Z\n", "x.y.z = 1\nx.y.w = 2\n", "x . \"y.z\" = '#'\n", "x = [1, # c\n 2\n, 3,]\n", "x = \"\"\"\n# a\\\"\"\"\"\n", "x = '''\n+ # \\'''\n",
	"x = {a = {b = [1]}, 'c' = 2}\n", "x = [[1, 2], ['a']]\n", "x = [\n]\n", "x = inf\n", "\ty = 1\n", "x = [{a = 1}, # b\n {a = 2}]\n", "x = \"a\\\"b\" # \"\n", "x = 01:02:03\n",
}

func TestForeignFieldsDoNotAffectEdits(t *testing.T) {
	check := func(field, source, want string) {
		got := mustSplice(t, source, func(p *content.Pattern) { p.Name, p.Tags = "Two", []string{"b", "c"} })
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", field, d)
		}
	}
	for _, field := range foreignYAML {
		const front = "---\nname: One # who\n# foreign\nFIELD# all\ntags:\n- a # one\n- b # two\n" + yamlRest + "---\n"
		source := strings.Replace(front, "FIELD", field, 1)
		check(field, source, strings.Replace(strings.Replace(source, "- a # one\n- b # two\n", "- b # two\n- c\n", 1), "One", "Two", 1))
	}
	const tables = "[[n]]\n[n.a.b]\nx = 1\n[n.a]\ny = 2\n# last\n[params]\n"
	for _, field := range foreignTOML {
		const front = "+++\nname = 'One' # who\n# foreign\nFIELD# all\ntags = [\n 'a', # one\n 'b', # two\n]\n" + tomlRest
		source := strings.Replace(front, "FIELD", field, 1) + tables + field + "+++\n"
		check(field, source, strings.Replace(strings.Replace(source, " 'a', # one\n 'b', # two\n", " 'b', # two\n \"c\",\n", 1), "One", "Two", 1))
	}
}
