package markdown_test

import (
	"errors"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

func TestCheckRefusesTextsThatTakeLong(t *testing.T) {
	tests := map[string]struct {
		text string
		line int
	}{
		"usual":               {"# A\n\n" + strings.Repeat("Text with [a](b.md) and `code`.\n\n", 20_000), 0},
		"a large table":       {strings.Repeat("| a | b |\n", 50_000), 0},
		"a rule":              {strings.Repeat("-", 1000), 0},
		"quotes":              {"x\n" + strings.Repeat("> ", 100_000), 2},
		"lists":               {strings.Repeat("- ", 1000), 1},
		"unclosed links":      {"\n\n" + strings.Repeat("[a](", 100_000), 3},
		"brackets":            {strings.Repeat("[", 500_000), 1},
		"underscores":         {strings.Repeat("a_", 500_000), 1},
		"code":                {strings.Repeat("`a\n", 300_000), 20_001},
		"link definitions":    {strings.Repeat("[a]: b\n\n", 100_000), 8001},
		"quoted definitions":  {strings.Repeat("> [a]: b\n\n", 100_000), 8001},
		"footnotes":           {strings.Repeat("[^a] b\n\n", 100_000), 8001},
		"after unclosed code": {"    ```\n" + strings.Repeat("[a](", 100_000), 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := markdown.Check(tt.text)
			var p *markdown.Problem
			if tt.line == 0 && err != nil || tt.line > 0 && (!errors.As(err, &p) || p.Line != tt.line) {
				t.Errorf("got %v, want line %d", err, tt.line)
			}
			_, err = markdown.Decode([]byte("---\nname: x\n---\n"+tt.text), content.NewEntry(content.TypePage))
			if (err != nil) != (tt.line > 0) || tt.line > 0 && (!errors.As(err, &p) || p.Line != tt.line+3) {
				t.Errorf("decoding: %v", err)
			}
		})
	}
}
