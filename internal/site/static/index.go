package static

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

const (
	// perFile is the number of entries in a file of the index.
	perFile = 64
	// maxWord is the length of words in the index: longer ones are hashes and the like.
	maxWord = 40
	// The weights of a word by where it stands, and of one that a text has several times.
	inName, inSummary, maxInText = 24, 8, 4

	aboutFile = searchFolder + "index.json"
)

// article is the page of an entry in the index.
type article struct {
	name, summary string
	text          strings.Builder
}

// index writes the index of the search, unless it is that of the same pages. The script of the search page
// (islands/find.ts) reads its files.
func (x *copier) index(ctx context.Context) error {
	pages := x.number()
	var state bytes.Buffer
	for _, r := range pages {
		fmt.Fprintln(&state, r.Number, r.File, r.Hash)
	}
	tag := digest(state.Bytes())
	if x.indexed(tag) {
		return nil
	}
	entries, words := map[int][][]string{}, map[string]map[string][]int32{}
	for i, r := range pages {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("the export was stopped, the next one continues: %w", err)
		}
		_, text := x.to.last(r.File)
		a := read(text)
		file, at := r.Number/perFile, r.Number%perFile
		for len(entries[file]) <= at {
			entries[file] = append(entries[file], nil)
		}
		entries[file][at] = []string{x.o.Base + link(r.File), a.name, a.summary}
		for word, weight := range a.weights() {
			f := fileOf(word)
			if words[f] == nil {
				words[f] = map[string][]int32{}
			}
			words[f][word] = append(words[f][word], int32(r.Number), int32(weight)) //nolint:gosec // there are fewer entries
		}
		if x.o.Progress != nil {
			x.o.Progress("indexing", i+1, len(pages))
		}
	}
	return x.write(tag, entries, words)
}

// number assigns a number to each page of an entry and returns these pages by number. A page that has a
// number keeps it.
func (x *copier) number() []*record {
	var out []*record
	next := 1
	for _, r := range x.to.sorted() {
		if r.Article && x.to.seen[r.File] {
			out = append(out, r)
			next = max(next, r.Number+1)
		}
	}
	for _, r := range out {
		if r.Number == 0 {
			r.Number = next
			next++
		}
	}
	slices.SortFunc(out, func(a, b *record) int { return a.Number - b.Number })
	return out
}

// indexed reports whether the index is that of a state of the pages, and keeps its files then. Its last file is
// written last, so that an index without it is not whole.
func (x *copier) indexed(tag string) bool {
	if r, _ := x.to.last(aboutFile); r == nil || r.Tag != tag {
		return false
	}
	var all []*record
	for file, r := range x.to.records {
		if strings.HasPrefix(file, searchFolder) && r.Address == "" && r.Tag == tag {
			if intact, _ := x.to.last(file); intact == nil {
				return false
			}
			all = append(all, r)
		}
	}
	for _, r := range all {
		x.to.seen[r.File] = true
	}
	return true
}

// write writes the files of the index.
func (x *copier) write(tag string, entries map[int][][]string, words map[string]map[string][]int32) error {
	put := func(file string, v any) error {
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("write the index: %w", err)
		}
		return x.to.put(&record{File: searchFolder + file, Tag: tag}, text)
	}
	for _, n := range slices.Sorted(maps.Keys(entries)) {
		if err := put("entries/"+strconv.Itoa(n)+".json", entries[n]); err != nil {
			return err
		}
	}
	for _, file := range slices.Sorted(maps.Keys(words)) {
		if err := put("words/"+file+".json", words[file]); err != nil {
			return err
		}
	}
	return put(strings.TrimPrefix(aboutFile, searchFolder), map[string]int{"files": len(entries) + len(words)})
}

// read reads the page of an entry: what it says about itself, and the text of its main part without navigation
// and pictures.
func read(page []byte) *article {
	a := &article{}
	main, skip := 0, ""
	z := html.NewTokenizer(bytes.NewReader(page))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		token := z.Token()
		switch {
		case kind == html.TextToken && main > 0 && skip == "":
			a.text.WriteString(token.Data)
			a.text.WriteByte(' ')
		case kind == html.EndTagToken && token.Data == skip:
			skip = ""
		case kind == html.EndTagToken && token.Data == "main":
			main--
		case kind != html.StartTagToken && kind != html.SelfClosingTagToken:
			continue
		case token.Data == "main":
			main++
		case skip == "" && kind == html.StartTagToken && slices.Contains([]string{"nav", "svg", "script", "style"}, token.Data):
			skip = token.Data
		case token.Data == "meta" && attribute(&token, "property") == "og:title":
			a.name = attribute(&token, "content")
		case token.Data == "meta" && attribute(&token, "property") == "og:description":
			a.summary = attribute(&token, "content")
		}
	}
	return a
}

// weights returns the words of an article with their weights.
func (a *article) weights() map[string]int {
	out := map[string]int{}
	for _, word := range wordsOf(a.text.String()) {
		out[word] = min(out[word]+1, maxInText)
	}
	for _, word := range wordsOf(a.summary) {
		out[word] = max(out[word], inSummary)
	}
	name := wordsOf(a.name)
	for _, word := range name {
		// The shorter the name, the more of it is the word: "Saga" is found before "Two-Phase Commit to Saga".
		out[word] = max(out[word], inName+inName/len(name))
	}
	return out
}

// wordsOf returns the words of a text, without case and accents. Each ideograph is a word, since nothing says
// where words of several end.
func wordsOf(text string) []string {
	var out []string
	var word []rune
	end := func() {
		if len(word) > 0 && len(word) <= maxWord {
			out = append(out, string(word))
		}
		word = word[:0]
	}
	for _, r := range norm.NFD.String(strings.ToLower(text)) {
		switch {
		case unicode.IsMark(r):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			end()
			out = append(out, string(r))
		case r == 'ς':
			word = append(word, 'σ')
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			word = append(word, r)
		default:
			end()
		}
	}
	end()
	return out
}

// fileOf returns the name of the file for a word, without folder and suffix: the numbers of its first two
// letters, since letters beyond ASCII, and names of devices, make bad names of files.
func fileOf(word string) string {
	var parts []string
	for _, r := range word {
		if parts = append(parts, strconv.FormatInt(int64(r), 36)); len(parts) == 2 {
			break
		}
	}
	return strings.Join(parts, "-")
}
