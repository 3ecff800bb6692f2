package markdown

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

const (
	// maxSite bounds mkdocs.yml in bytes, as a parser needs many times as much.
	maxSite = 256 << 10
	// maxNav bounds the items of a navigation, maxNavDepth its depth.
	maxNav, maxNavDepth = 500, 6
)

// NavEntry is an item of the navigation of a MkDocs site. Level counts from 0; an item belongs to the last
// one before it with a smaller level. Target is as written: a file, an address, or empty for a section.
type NavEntry struct {
	Level         int
	Title, Target string
}

// Nav returns the navigation in the text of mkdocs.yml, nil if it has none, and the folder of the site's
// pages. It parses only the values of these two keys, since the others may have tags such as !!python/name,
// which are for MkDocs alone. What aliases stand for is left out. An error says what is wrong with the text.
func Nav(config string) (nav []NavEntry, docs string, err error) {
	docs = "docs"
	if len(config) > maxSite {
		return nil, docs, &Problem{What: "is larger than 256 KB"}
	}
	for _, key := range []string{"docs_dir", "nav"} {
		text := topLevel(unix(config), key)
		switch {
		case text == "":
			continue
		case nesting(text) > maxNesting:
			return nil, docs, &Problem{What: "is nested too deeply"}
		}
		root, err := parseYAML(text)
		if err != nil {
			return nil, docs, &Problem{What: "has a " + key + " that is not valid YAML"}
		}
		top, _ := pairs(root)
		for _, pair := range top {
			if s := plainText(pair.Value); key == "docs_dir" && s != "" {
				docs = s
			}
			if key == "nav" {
				nav = navItems(nil, pair.Value, 0)
			}
		}
	}
	return nav, docs, nil
}

// topLevel returns the lines of a key at the left edge with its value, empty if there is none. A list may
// begin at the left edge too.
func topLevel(config, key string) string {
	var b strings.Builder
	inside := false
	for l := range strings.SplitAfterSeq(strings.TrimPrefix(config, byteOrderMark), "\n") {
		if strings.TrimSpace(l) != "" && strings.IndexByte(" \t#-", l[0]) < 0 {
			if inside {
				break
			}
			name, _, _ := strings.Cut(l, ":")
			inside = strings.TrimSpace(name) == key
		}
		if inside {
			b.WriteString(l)
		}
	}
	return b.String()
}

// navItems appends the items of a list, and those of the lists in it.
func navItems(out []NavEntry, list ast.Node, level int) []NavEntry {
	items, ok := list.(*ast.SequenceNode)
	if !ok || level == maxNavDepth {
		return out
	}
	for _, n := range items.Values {
		if len(out) >= maxNav {
			break
		}
		if target := plainText(n); target != "" {
			out = append(out, NavEntry{Level: level, Target: target})
			continue
		}
		named, _ := pairs(n)
		for _, pair := range named {
			item := NavEntry{Level: level, Title: keyOf(pair), Target: plainText(pair.Value)}
			below := navItems(nil, pair.Value, level+1)
			if item.Target == "" && len(below) == 0 {
				continue
			}
			out = append(append(out, item), below...)
		}
	}
	return out[:min(len(out), maxNav)]
}

// plainText returns a text on one line, empty for any other value.
func plainText(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return strings.TrimSpace(n.Value)
	case *ast.LiteralNode:
		return strings.Join(strings.Fields(n.Value.Value), " ")
	}
	return ""
}
