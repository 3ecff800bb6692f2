package markdown_test

import (
	"errors"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

func TestRecordsAreReadBackTheSame(t *testing.T) {
	tree(t, func(name string, _ []byte, e content.Entry) {
		line, err := markdown.EncodeRecord(e)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, unknown, err := markdown.DecodeRecord(1, line)
		if err != nil || len(unknown) > 0 {
			t.Fatalf("%s: %v, unknown %v\n%s", name, err, unknown, line)
		}
		if !markdown.Same(e, got) || e.Head().Slug != got.Head().Slug {
			t.Errorf("%s is read as something else", name)
		}
	})
}

func TestRecordsReportWhatIsWrong(t *testing.T) {
	tests := map[string]struct{ line, want string }{
		"no JSON":        {`{"type":`, "7:9: this is not valid JSON"},
		"no object":      {`["page"]`, "7:1: each line must be one JSON object"},
		"two objects":    {`{} {}`, "7:5: something follows the JSON object"},
		"no type":        {`{"slug":"x"}`, `7:1: type: "" is not an entry type`},
		"a wrong type":   {`{"type":"page","slug":"x","name":1.5,"summary":["x"]}`, "7:48: summary: expected text"},
		"a wrong number": {`{"type":"tier","slug":"x","name":"X","summary":"x","rank":1e9}`, "7:59: rank: expected a whole number"},
		"a wrong enum":   {`{"type":"company","slug":"x","name":"X","summary":"x","kind":"shop"}`, "kind: \"shop\" is not one of company"},
		"no name":        {`{"type":"page","slug":"x","summary":"X"}`, "7:1: name is missing"},
		"too deep":       {`{"type":"page","slug":"x","a":` + strings.Repeat("[", 5000), "nested too deeply"},
		"not UTF-8":      {"{\"type\":\"p\xff\"}", "not UTF-8"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := markdown.DecodeRecord(7, []byte(tt.line))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestRecordsFromOtherProgramsAreRead(t *testing.T) {
	line := ` {"slug": "a\/b", "type": "page", "name": "\ud83d\ude00 Na\u00efve", "summary": "x", "colour": {"r": 1}, "body": "Text\r\n"} `
	e, unknown, err := markdown.DecodeRecord(1, []byte(line))
	if err != nil {
		t.Fatal(err)
	}
	if h := e.Head(); h.Slug != "a/b" || h.Name != "😀 Naïve" || len(unknown) != 1 || unknown[0] != "colour" {
		t.Errorf("read %+v, unknown %v", h, unknown)
	}
	var p *markdown.Problem
	if _, _, err := markdown.DecodeRecord(3, []byte("x")); !errors.As(err, &p) || p.Line != 3 {
		t.Errorf("got %v", err)
	}
}
