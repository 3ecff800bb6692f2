package markdown_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"patternhub/internal/content"
)

// commented draws front matter with comments anywhere, in YAML or TOML. Every text has a unique
// word such as "value7", which edits leave in place, so that the owner of a comment can be found
// again.
type commented struct {
	t      *rapid.T
	toml   bool
	lines  []string
	tables []string // what must follow all other fields of TOML
	n      int
	// remarks are the comments that belong to a value.
	remarks []remark
	// replaced means that an item of a list may have been removed where another was added, which
	// looks like a change of the first.
	replaced bool
	// reworded are the unique words of texts that an edit has changed.
	reworded map[string]bool
}

// remark is a comment and its owners: one of these words must be on its line or, for a comment on
// its own line, on the next line that is no comment.
type remark struct {
	text   string
	owners []string
}

var ownWord = regexp.MustCompile(`(value\d+|\w+ ?[:=])`)

// text draws a string with the same unique word at both ends, so that it is on the first and the last
// line.
func (c *commented) text() string {
	c.n++
	return fmt.Sprintf("value%d is %s value%[1]d", c.n, word(c.t))
}

// idOf returns the unique word of a string.
func idOf(text string) string { return strings.Fields(text)[0] }

// word draws a string that needs no quotes.
func word(t *rapid.T) string { return rapid.StringMatching(`[a-z]{2,8}( [a-z]{2,6})?`).Draw(t, "word") }

// sometimes returns true once in so many calls.
func (c *commented) sometimes(in int, what string) bool {
	return rapid.IntRange(1, in).Draw(c.t, what) == 1
}

// tail draws a comment for the end of a line, or nothing.
func (c *commented) tail(owners ...string) string {
	if !rapid.Bool().Draw(c.t, "tail") {
		return ""
	}
	c.n++
	text := fmt.Sprintf("# tail %d.", c.n)
	c.remarks = append(c.remarks, remark{text, owners})
	return rapid.SampledFrom([]string{" ", "   "}).Draw(c.t, "gap") + text
}

// above draws comments and empty lines to precede something, or nothing.
func (c *commented) above(indent string, owners ...string) []string {
	switch rapid.IntRange(0, 5).Draw(c.t, "above") {
	case 0:
		c.n++
		text := fmt.Sprintf("# above %d.", c.n)
		c.remarks = append(c.remarks, remark{text, owners})
		return []string{indent + text}
	case 1:
		return []string{""}
	}
	return nil
}

func (c *commented) pick(what string, of ...string) string {
	return rapid.SampledFrom(of).Draw(c.t, what)
}

// sign returns the sign between a name and its value.
func (c *commented) sign() string {
	if c.toml {
		return " = "
	}
	return ": "
}

// inline writes a string in one of the styles that are allowed within brackets.
func (c *commented) inline(s string) string {
	switch style := c.pick("quotes", "single", "double", "plain"); {
	case style == "single":
		return "'" + s + "'"
	case style == "double" || c.toml:
		return `"` + s + `"`
	}
	return s
}

// value writes a string after the start of its line, in any style. Lines below the first are
// indented.
func (c *commented) value(start, s, indent, owner string) []string {
	first, rest, _ := strings.Cut(s, " is ")
	first, rest = first+" is", strings.TrimSpace(rest)
	if c.toml {
		if c.sometimes(4, "three quotes") {
			return []string{start + `"""`, first + ` \`, indent + rest + `"""` + c.tail(owner)}
		}
		if c.sometimes(6, "three single quotes") {
			return []string{start + "'''" + s + "'''" + c.tail(owner)}
		}
		return []string{start + c.inline(s) + c.tail(owner)}
	}
	switch c.pick("style", "inline", "inline", "inline", "literal", "folded", "below", "plain", "double") {
	case "literal":
		return []string{start + c.pick("mark", "|-", "|2-")[:1] + "-" + c.tail(owner), indent + s}
	case "folded":
		return []string{start + ">-" + c.tail(owner), indent + first, indent + rest}
	case "below":
		return []string{strings.TrimRight(start, " ") + c.tail(owner), indent + c.inline(s)}
	case "plain":
		return []string{start + first, indent + rest + c.tail(owner)}
	case "double":
		return []string{start + `"` + first, indent + rest + `"` + c.tail(owner)}
	}
	return []string{start + c.inline(s) + c.tail(owner)}
}

// brackets writes items in brackets, on one line or several.
func (c *commented) brackets(start, indent, marks string, items, owners []string, end string) []string {
	if c.sometimes(3, "one line") || c.toml && marks == "{}" {
		return []string{start + marks[:1] + strings.Join(items, ",  ") + marks[1:] + end}
	}
	lines := []string{start + marks[:1]}
	for i, item := range items {
		if item == "" {
			continue // it is on the line of the one before
		}
		own := strings.Fields(owners[i])
		lines = append(lines, c.above(indent+"  ", own...)...)
		comma := ","
		if i == len(items)-1 && rapid.Bool().Draw(c.t, "no comma") {
			comma = ""
		}
		if i < len(items)-1 && c.sometimes(6, "two on a line") {
			lines = append(lines, indent+"  "+item+", "+items[i+1]+",")
			items[i+1] = ""
			continue
		}
		lines = append(lines, indent+"  "+item+comma+c.tail(own...))
	}
	return append(lines, indent+marks[1:]+end)
}

// list writes a list of texts.
func (c *commented) list(name, indent string, values []string) []string {
	head := indent + name + c.sign()
	var items, ids []string
	if c.toml || c.sometimes(2, "brackets") {
		for _, v := range values {
			items, ids = append(items, c.inline(v)), append(ids, idOf(v))
		}
		return c.brackets(head, indent+c.pick("indent", " ", "  "), "[]", items, ids, c.tail())
	}
	inner := indent + c.pick("indent", "", "  ", "    ")
	lines := []string{indent + name + ":" + c.tail()}
	for _, v := range values {
		lines = append(lines, c.above(inner, idOf(v))...)
		lines = append(lines, c.value(inner+"-"+c.pick("gap", " ", "   "), v, inner+"  ", idOf(v))...)
	}
	return lines
}

// wordsOf returns the unique words of a record.
func wordsOf(a content.Adoption) []string {
	out := []string{idOf(a.CompanyKey)}
	if a.Scale != nil {
		out = append(out, idOf(*a.Scale))
	}
	for _, s := range a.Sources {
		out = append(out, idOf(s))
	}
	return out
}

// record writes a record in brackets.
func (c *commented) record(a content.Adoption) (items, owners []string) {
	items, owners = []string{"company" + c.sign() + c.inline(a.CompanyKey)}, []string{idOf(a.CompanyKey)}
	if a.Scale != nil {
		items, owners = append(items, "scale"+c.sign()+c.inline(*a.Scale)), append(owners, idOf(*a.Scale))
	}
	if a.Sources != nil {
		var texts, ids []string
		for _, s := range a.Sources {
			texts, ids = append(texts, c.inline(s)), append(ids, idOf(s))
		}
		items, owners = append(items, "sources"+c.sign()+"["+strings.Join(texts, ", ")+"]"), append(owners, strings.Join(ids, " "))
	}
	return items, owners
}

// fields writes a record with one field per line.
func (c *commented) fields(a content.Adoption, indent string) []string {
	parts := []func() []string{func() []string {
		return c.value(indent+"company"+c.sign(), a.CompanyKey, indent+"  ", idOf(a.CompanyKey))
	}}
	if a.Scale != nil {
		parts = append(parts, func() []string { return c.value(indent+"scale"+c.sign(), *a.Scale, indent+"  ", idOf(*a.Scale)) })
	}
	if a.Sources != nil {
		parts = append(parts, func() []string { return c.list("sources", indent, a.Sources) })
	}
	var lines []string
	for n, i := range rapid.Permutation(indexes(len(parts))).Draw(c.t, "order") {
		if n > 0 {
			lines = append(lines, c.above(indent)...)
		}
		lines = append(lines, parts[i]()...)
	}
	return lines
}

// records writes a list of records in one of the forms that front matter allows for it.
func (c *commented) records(name string, values []content.Adoption) []string {
	if c.toml && c.sometimes(2, "tables") {
		for _, v := range values {
			c.tables = append(c.tables, c.above("", wordsOf(v)...)...)
			c.tables = append(c.tables, "[["+name+"]]"+c.tail(wordsOf(v)...))
			c.tables = append(c.tables, c.fields(v, c.pick("indent", "", "  "))...)
		}
		return nil
	}
	if c.toml || c.sometimes(4, "brackets") {
		var items, owners []string
		for _, v := range values {
			fields, _ := c.record(v)
			items, owners = append(items, "{"+strings.Join(fields, ", ")+"}"), append(owners, strings.Join(wordsOf(v), " "))
		}
		return c.brackets(name+c.sign(), " ", "[]", items, owners, c.tail())
	}
	indent := c.pick("indent", "", "  ", "    ")
	lines := []string{name + ":" + c.tail()}
	for _, v := range values {
		lines = append(lines, c.above(indent, wordsOf(v)...)...)
		if c.sometimes(3, "record in brackets") {
			items, owners := c.record(v)
			lines = append(lines, c.brackets(indent+"- ", indent+"  ", "{}", items, owners, c.tail())...)
			continue
		}
		fields := c.fields(v, indent+"  ")
		fields[0] = indent + "- " + fields[0][len(indent)+2:]
		lines = append(lines, fields...)
	}
	return lines
}

// beside returns the words next to a comment.
func beside(lines []string, comment string) []string {
	at := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, comment) })
	for ; at < len(lines); at++ {
		said, _, _ := strings.Cut(lines[at], "#")
		if words := ownWord.FindAllString(said, -1); words != nil {
			for i := range words {
				words[i] = strings.TrimRight(words[i], " :=")
			}
			if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "value") }) && at+1 < len(lines) {
				words = append(words, beside(lines[at+1:], "")...)
			}
			return words
		}
	}
	return nil
}
