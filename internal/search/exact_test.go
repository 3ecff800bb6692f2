package search_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"patternhub/internal/content"
)

// exactNamesComeFirst searches for names that differ only in signs, or have no words at all.
func exactNamesComeFirst(t *testing.T, en *engine) {
	names := []string{
		"C", "C++", "C#", "C--", "C/C++", ".NET", "Net", "ASP.NET", "F#", "F*", "R", "R&D", "A/B Testing", "A+B", "AB", "->", "→", "+++", "🚀", "🚀🚀",
		"Node.js", "NodeJS", "हिन्दी", "कि", "का", "क", "日本語", "日本", "分散システムにおける合意形成アルゴリズムの基礎と応用", "Việt Nam", "Viet", "Ελλάδα", "Привет мир",
		"שלום", "مرحبا", "ภาษาไทย", "한국어", "Ａｐａｃｈｅ", "x²", "naïve", "'n'", "(set)", "I/O", "IO", "@scope/name", "@scope", "100%", "100",
	}
	s := open(t)
	entries := make([]content.Entry, 0, 2*len(names))
	for i, name := range names {
		key := "k" + strings.Repeat("a", i/26) + string(rune('a'+i%26))
		entries = append(entries, pattern(key, name, "", "SCALING", "BEGINNER"))
		// A long text with all the names must not come before any of them.
		entries = append(entries, page("all/"+key, "About "+strings.Join(names, " ")+" "+key))
	}
	for len(entries) > 0 {
		n := min(len(entries), 50)
		mustPublish(t, s, entries[:n]...)
		entries = entries[n:]
	}
	e := en.start(t, s)
	readers := s.At(content.Published).Patterns
	for _, name := range names {
		for _, text := range []string{name, strings.ToUpper(name), " " + strings.ToLower(name) + "  "} {
			hits := find(t, e, text)
			if len(hits.Items) == 0 {
				t.Errorf("%q finds nothing", text)
				continue
			}
			found, err := readers.ByKeys(t.Context(), []string{hits.Items[0].ID.Key})
			if err != nil || found[0] == nil || content.Fold(found[0].Name) != content.Fold(name) {
				t.Errorf("%q finds %v first", text, hits.Items[0].ID)
			}
			list, err := e.At(content.Published).Suggest(t.Context(), text, 1)
			if err != nil || len(list) == 0 || content.Fold(list[0].Name) != content.Fold(name) {
				t.Errorf("%q suggests %v first: %v", text, list, err)
			}
		}
	}
}

// TestAnyNameIsFoundByItself uses names of any characters.
func TestAnyNameIsFoundByItself(t *testing.T) {
	s := open(t)
	e := start(t, s)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		name := content.Fold(strings.ReplaceAll(rapid.StringN(1, 40, 200).Draw(rt, "name"), "\x00", ""))
		if name == "" {
			rt.Skip("no name")
		}
		n++
		key := "k" + strings.Repeat("x", n)
		mustPublish(t, s, page(key, name))
		e.Note(content.State{}, content.Change{Seq: int64(n), Type: content.TypePage, Key: key, Op: content.OpUpsert, Graph: content.Published})
		hits := find(t, e, name)
		if len(hits.Items) == 0 {
			rt.Fatalf("%q finds nothing", name)
		}
		first, err := s.At(content.Published).Pages.ByKeys(t.Context(), []string{hits.Items[0].ID.Key})
		if err != nil || first[0] == nil || strings.Join(strings.Fields(content.Fold(first[0].Name)), " ") != strings.Join(strings.Fields(name), " ") {
			rt.Fatalf("%q finds %v first: %v", name, hits.Items[0].ID, err)
		}
	})
}
