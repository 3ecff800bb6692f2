package web_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"patternhub/internal/web"
)

const conformance = "testdata/conformance"

// node runs a script with Node and the pinned packages, and returns its output.
func node(t *testing.T, input []byte, script string, args ...string) string {
	t.Helper()
	binary, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node is not installed: the conformance tests need Node 20 or later")
	}
	if _, err := os.Stat(filepath.Join(conformance, "node_modules", ".package-lock.json")); err != nil {
		install := exec.CommandContext(t.Context(), "npm", "ci", "--omit=dev", "--no-audit", "--no-fund")
		install.Dir = conformance
		if out, err := install.CombinedOutput(); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("npm ci in web/%s: %v\n%s", conformance, err, out)
			}
			t.Skipf("npm ci in web/%s failed, so the conformance tests cannot run: %v\n%s", conformance, err, out)
		}
	}
	c := exec.CommandContext(t.Context(), binary, append([]string{script}, args...)...)
	c.Dir, c.Stdin = conformance, bytes.NewReader(input)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Errorf("%s: %v\n%s%s", script, err, out, errs.String())
	}
	return string(out)
}

func TestAudits(t *testing.T) {
	for name, tt := range map[string]struct {
		options web.Options
		only    string
		want    string
	}{
		"public": {web.Options{}, "", "61 audits, 0 failed"},
		"locked": {web.Options{Locked: true}, "MUST", "13 audits, 0 failed"},
	} {
		t.Run(name, func(t *testing.T) {
			h := mustServer(t, tt.options).listen(t)
			if out := node(t, nil, "audits.mjs", h.URL+"/graphql", tt.only); !strings.Contains(out, tt.want) {
				t.Errorf("got %s, want %s", out, tt.want)
			}
		})
	}
}

// endless emits 0, 1, 2 and ends, or continues as long as it is read.
func endless(done <-chan struct{}) func(kind string) <-chan any {
	return func(kind string) <-chan any {
		if kind == "" {
			return counting(3)(kind)
		}
		out := make(chan any)
		go func() {
			for i := 0; ; i++ {
				select {
				case out <- i:
				case <-done:
					return
				}
			}
		}()
		return out
	}
}

func TestClients(t *testing.T) {
	for _, script := range []string{"socket.mjs", "events.mjs"} {
		t.Run(script, func(t *testing.T) {
			s := mustServer(t, web.Options{})
			s.graph.ticks = endless(t.Context().Done())
			h := s.listen(t)
			if out := node(t, nil, script, h.URL+"/graphql"); !strings.Contains(out, "ok") {
				t.Errorf("got %s", out)
			}
			if err := s.drained(t, 0); err != nil {
				t.Error(err)
			}
		})
	}
}

// trial is one document with its variables.
type trial struct {
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables"`
}

// Texts of every kind of literal, and values of every kind of JSON.
var (
	literals = []string{
		"1", "0", "-1", "2147483647", "2147483648", "-2147483648", "-2147483649", "99999999999999999999", "1.0", "1.5", "1e3", "-0",
		`"a"`, `""`, `"1"`, `"""block"""`, "true", "false", "null", "GOLD", "NONE", "gold", "[]", "[1]", "[[1]]", "[[1,null]]", "[null]",
		`["a"]`, "[1.5]", "{}", "{tier:GOLD}", `{tier:"GOLD"}`, "{slug:[]}", `{slug:"a"}`, "{slug:null}", "{rank:1.5}", "{need:null}",
		"{other:1}", "{and:{tier:GOLD}}", "{and:[{tier:GOLD},{}]}", "{and:[null]}", `{id:1}`, `{id:1,slug:"a"}`, `{id:null}`, "{a:{b:1}}",
		"[[[1]]]", "[1,[2]]", "{tier:GOLD,tier:GOLD}", "$v", "[$v]", "{tier:$v}", "{slug:$v}", "{id:$v}",
	}
	values = []string{
		"1", "0", "-1", "2147483647", "2147483648", "1.0", "1.5", "1e3", `"a"`, `""`, `"1"`, "true", "null", `"GOLD"`, `"NONE"`, "[]",
		"[1]", "[[1]]", "[null]", `["a"]`, "{}", `{"tier":"GOLD"}`, `{"tier":1}`, `{"slug":"a"}`, `{"slug":["a",1]}`, `{"rank":"1"}`,
		`{"need":null}`, `{"other":1}`, `{"and":{"tier":"GOLD"}}`, `{"id":1}`, `{"id":1.5}`, `{"id":1,"slug":"a"}`, `{"id":null}`,
	}
	arguments = map[string]string{
		"text": "String", "n": "Int", "f": "Float", "b": "Boolean", "id": "ID", "tier": "TierName", "filter": "PatternFilter",
		"ids": "[ID!]", "grid": "[[Int]]", "when": "DateTime", "key": "Key",
	}
)

// matrix pairs every literal and every value with every argument.
func matrix() []trial {
	var out []trial
	for name, kind := range arguments {
		for _, l := range literals {
			head := ""
			if strings.Contains(l, "$v") {
				head = "query($v:" + strings.Trim(kind, "!") + ")"
			}
			out = append(out, trial{Query: head + "{echo(" + name + ":" + l + ")}"})
		}
		for _, v := range values {
			var value any
			if json.Unmarshal([]byte(v), &value) != nil {
				continue
			}
			for _, suffix := range []string{"", "!", "=null"} {
				out = append(out, trial{
					Query:     "query($v:" + kind + suffix + "){echo(" + name + ":$v)}",
					Variables: map[string]any{"v": value},
				})
			}
		}
		out = append(out, trial{Query: "query($v:" + kind + "!){echo(" + name + ":$v)}"},
			trial{Query: "query($v:" + kind + "){need(text:$v)}"})
	}
	return out
}

// pieces are the parts of random documents.
var pieces = []string{
	"hello", "a:hello", "hello:echo", "a:echo(n:1)", "a:echo(n:2)", `echo(text:"x")`, "echo(text:$t)", "echo(n:$n)", "echo(n:$t)",
	`need(text:"a")`, "need", "need(text:null)", `need(text:"a",n:null)`, "unknown", "hello{x}", "pattern{slug}", `pattern(slug:"a"){slug name}`,
	`pattern(slug:"a")`, `a:pattern(slug:"a"){slug}`, `pattern(slug:"a"){name:slug}`, "...A", "...B", "...C", "...Missing",
	"...on Query{hello}", "...on Pattern{slug}", "...on Missing{slug}", "...{hello}", "...@include(if:true){hello}", "hello @skip(if:$b)",
	"hello @skip", "hello @missing", "hello @note @note", "hello @include(if:true) @include(if:true)", `node(id:1){id ...on Law{name} ...on Pattern{slug}}`,
	`node(id:1){...on Law{x:name} ...on Pattern{x:slug}}`, `node(id:1){...on Law{x:id} ...on Pattern{x:body}}`, `node(id:1){...on Query{hello}}`,
	`node(id:1){name}`, "__typename", "laws{name pattern{slug}}", "laws{pattern{slug} pattern{x:slug}}", "laws{pattern{x:name} pattern{x:slug}}",
	`hello(x:1)`, `echo(text:"a",text:"b")`, "__schema{queryType{name}}", `__type(name:"Law"){fields{name}}`, "patterns{nodes{slug}}",
	"patterns(first:$n){nodes{slug}}", "patterns(filter:{tier:$g}){nodes{slug}}", "",
}

// sound are parts that are valid alone, so that random documents of them can only violate how parts
// combine.
var sound = []string{
	"hello", "a:hello", "a:echo(n:1)", "a:echo(n:2)", "b:echo(filter:{tier:GOLD,rank:1})", "b:echo(filter:{rank:1,tier:GOLD})", "hello @note @note",
	`need(text:"a")`, `pattern(slug:"a"){slug name}`, `pattern(slug:"a"){slug tier{name}}`, `pattern(slug:"b"){slug}`, `a:pattern(slug:"a"){slug}`,
	`node(id:1){id ...on Law{x:name} ...on Pattern{x:slug}}`, `node(id:1){...on Law{x:pattern{slug}} ...on Pattern{x:tier{id}}}`,
	`node(id:1){...on Law{x:pattern{y:slug}} ...on Pattern{x:tier{y:pattern{slug}}}}`, "laws{name pattern{slug}}", "laws{pattern{x:slug}}", "laws{pattern{x:name}}",
	"patterns{nodes{slug}}", "patterns{nodes{slug:name}}", "...on Query{hello}", "...{laws{id}}", "a:laws{id}", "a:plain{id}", "__typename",
}

// random returns documents made of pieces.
func random(seed uint64, n int) []trial {
	r := rand.New(rand.NewPCG(seed, 1))
	from := pieces
	some := func(max int) string {
		var b strings.Builder
		for range 1 + r.IntN(max) {
			b.WriteString(from[r.IntN(len(from))] + " ")
		}
		return b.String()
	}
	heads := []string{
		"", "query", "query Q", "query($t:String)", "query($n:Int,$b:Boolean!)", "query($n:Int!,$n:Int)", "query($g:TierName=GOLD)",
		"query($t:Law)", "query($n:Int=1.5)", "query($t:String!=null)", "query($n:Int @note)", "query @note", "mutation", "subscription",
	}
	fragments := []string{"fragment A on Query{", "fragment B on Query{", "fragment C on Pattern{", "fragment A on TierName{", "fragment on on Query{"} //nolint:dupword // a fragment may not be named on
	var out []trial
	for i := range n {
		var b strings.Builder
		if from = pieces; i%2 == 0 {
			from = sound
			out = append(out, trial{Query: "{" + some(5) + "}"})
			continue
		}
		b.WriteString(heads[r.IntN(len(heads))] + "{" + some(3) + "}")
		for range r.IntN(3) {
			b.WriteString(" " + fragments[r.IntN(len(fragments))] + some(2) + "}")
		}
		if r.IntN(10) == 0 {
			b.WriteString(" query Other{hello}")
		}
		out = append(out, trial{Query: b.String(), Variables: map[string]any{"b": true, "n": 1}})
	}
	return out
}

// texts returns documents that differ in single characters.
func texts() []trial {
	var out []trial
	for _, q := range []string{
		"subscription{a:ticks{n} b:ticks{n}}", "subscription{ticks{n} ticks{n}}", "subscription{...F} fragment F on Subscription{a:ticks{n} b:ticks{n}}",
		"subscription{a:ticks{n} b:ticks@skip(if:true){n}}", "subscription{a:ticks{n} ...@include(if:false){b:ticks{n}}}", "subscription{ticks@skip(if:true){n}}",
		"subscription S{__typename}", "subscription{ticks{n} __typename}", "subscription{...on Subscription{ticks{n}} ...{ticks{n}}}", "subscription{a:ticks(kind:1){n}}",
		"{hello}", "\ufeff{hello}", "{hello}\x00", "{hello\u00a0}", "{hello\v}", "{hello}#\u2028x", "{hello}#\ud7ff", "{h\u00e9llo}", "{hello,,,}", ",{hello}",
		`{echo(text:"\u0041")}`, `{echo(text:"\ud83d\ude00")}`, `{echo(text:"\ud83d")}`, `{echo(text:"\ude00\ud83d")}`, `{echo(text:"\u{1F600}")}`,
		`{echo(text:"\u{D800}")}`, `{echo(text:"\u{110000}")}`, `{echo(text:"\x41")}`, "{echo(text:\"a\tb\")}", "{echo(text:\"a\x01b\")}", "{echo(text:\"a\nb\")}",
		`{echo(text:"""a\"""b""")}`, `{echo(text:"""\ud83d""")}`, "{echo(text:\"\"\"a\x07\"\"\")}", `{echo(text:"\\ud83d")}`, `{echo(n:01)}`, `{echo(n:1a)}`, `{echo(f:1.)}`,
		`{echo(f:.5)}`, `{echo(f:1.5e)}`, `{echo(n:-)}`, `{echo(f:1.5.5)}`, `{echo(n:1_000)}`, "query{}", "{}", "{hello", "", "   ", "#only", "query($v:){hello}",
		"query($v:Int{hello}", "query($){hello}", "{...}", "{...on}", "{hello:}", "{a:b:hello}", "{hello()}", "query(){hello}", "fragment A on Query{hello}",
		"type T{a:Int}", "extend type Query{a:Int}", "{hello} type T{a:Int}", "query null{hello}", "{hello @include(if:null)}", "{echo(tier:true)}",
		"query on{hello}", "query fragment{hello}", "fragment on on Query{hello} {...on}", "{echo(n:0xF)}", "{echo(text:'a')}", "{hello}}", "{ hello } query", //nolint:dupword // see above
		"query($v:[Int!]!){hello}", "query($v:[[Int]){hello}", "query($v:Int!!){hello}", "{echo(ids:[1,,2])}", "{echo(filter:{tier:GOLD,})}", "{echo(filter:{tier})}",
	} {
		out = append(out, trial{Query: q})
	}
	return out
}

// deviates reports whether this server's verdict differs from graphql-js' on purpose.
func deviates(theirs string, c trial) bool {
	// The specification of 2021 forbids control characters in strings; graphql-js accepts them.
	return theirs == "ok" && strings.ContainsAny(c.Query, "\x01\x07")
}

func TestVerdictsEqualGraphQLJS(t *testing.T) {
	cases := append(append(matrix(), texts()...), random(7, 1_500)...)
	input, err := json.Marshal(map[string]any{"schema": sdl, "cases": cases, "scalars": []string{"DateTime"}})
	if err != nil {
		t.Fatal(err)
	}
	var theirs []string
	if err := json.Unmarshal([]byte(node(t, input, "verdicts.mjs")), &theirs); err != nil {
		t.Fatal(err)
	}
	s := mustServer(t, web.Options{MeasureOnly: true})
	s.graph.ticks = counting(0)
	differ, refused := 0, 0
	for i, c := range cases {
		a := s.post(t, c.Query, c.Variables)
		ours := "ok"
		switch a.code() {
		case "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED":
			ours = a.Errors[0].Message
		case "BAD_USER_INPUT":
			if a.status == http.StatusBadRequest && strings.HasPrefix(a.Errors[0].Message, "Variable") {
				ours = a.Errors[0].Message
			} else if c.Query == "" {
				ours = "empty"
			}
		}
		if theirs[i] != "ok" {
			refused++
		}
		if (ours == "ok") != (theirs[i] == "ok") && !several(c.Query) && !deviates(theirs[i], c) {
			if differ++; differ < 20 {
				t.Errorf("%s %v\n  ours:   %s\n  theirs: %s", strconv.Quote(c.Query), c.Variables, ours, theirs[i])
			}
		}
	}
	t.Logf("%d cases, %d refused by graphql-js, %d differ", len(cases), refused, differ)
}

// several reports whether a document has several operations. A request must name one, which is not a
// matter of validation.
func several(query string) bool { return strings.HasSuffix(query, "query Other{hello}") }
