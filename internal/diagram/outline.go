package diagram

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// outline is what a diagram states: its nodes, and its edges in order.
type outline struct {
	name   string            // the kind in words
	labels map[string]string // by the ids of the nodes
	order  []string          // the ids
	edges  []edge
}

// edge is a relation between two nodes.
type edge struct{ from, to, label string }

// outlineOf reads the outline of a diagram; nil if its kind cannot be drawn. It reads what it
// understands and passes over the rest, as words for a picture need no more.
func outlineOf(kind string, lines []string) *outline {
	o := &outline{labels: map[string]string{}}
	var read func(string)
	switch kind {
	case "graph", "flowchart":
		o.name, read = "Flowchart", o.flow
	case "sequenceDiagram":
		o.name, read = "Sequence diagram", o.message
	case "stateDiagram", "stateDiagram-v2":
		o.name, read = "State diagram", o.relation
	case "classDiagram":
		o.name, read = "Class diagram", o.relation
	case "erDiagram":
		o.name, read = "Entity relationship diagram", o.relation
	default:
		return nil
	}
	for _, l := range lines[1:] {
		// More than the limit need not be counted.
		if len(o.edges) <= maxEdges && len(o.order) <= maxNodes {
			read(l)
		}
	}
	return o
}

// node adds a node; a label replaces the id that stands for it.
func (o *outline) node(id, label string) {
	if id == "" {
		return
	}
	if _, known := o.labels[id]; !known {
		o.order = append(o.order, id)
		o.labels[id] = id
	}
	if label != "" {
		o.labels[id] = label
	}
}

var (
	// participant captures an id and perhaps a label, sent two ids and a text, and related two ids and perhaps
	// a text. They match less than the language allows; what they do not match is not described.
	participant = regexp.MustCompile(`^(?:create\s+)?(?:participant|actor)\s+(\S+)(?:\s+as\s+(.+))?$`)
	sent        = regexp.MustCompile(`^([^-<>:]+?)\s*(?:<<)?--?(?:>>?|x|\))\s*[+-]?\s*([^:]+?)\s*:\s*(.*)$`)
	related     = regexp.MustCompile(`^([^\s:"]+)\s*(?:"[^"]*"\s*)?([<|o*}]*(?:--|\.\.)[>|o*{]*)\s*(?:"[^"]*"\s*)?([^\s:"]+)\s*(?::\s*(.*))?$`)
	state       = regexp.MustCompile(`^state\s+"([^"]+)"\s+as\s+(\S+)`)
	worded      = regexp.MustCompile(`(?:--|==|-\.)\s+([^-=.|<>\s][^|<>]*?)\s+(?:-{2,}[>ox]?|={2,}>?|\.+->?)`)
	link        = regexp.MustCompile(`^\s*[<ox]?(?:-{2,}|={2,}|-\.+-?|~{3,})[>ox]?\s*(?:\|([^|]*)\|)?\s*`)
	breaks      = regexp.MustCompile(`(?i)<br\s*/?>|\\n`)
)

// message reads a line of a sequence diagram.
func (o *outline) message(l string) {
	if m := participant.FindStringSubmatch(l); m != nil {
		o.node(m[1], m[2])
	} else if m := sent.FindStringSubmatch(l); m != nil {
		o.node(m[1], "")
		o.node(m[2], "")
		o.edges = append(o.edges, edge{m[1], m[2], m[3]})
	}
}

// relation reads a line of a diagram of states, classes or entities.
func (o *outline) relation(l string) {
	if m := state.FindStringSubmatch(l); m != nil {
		o.node(m[2], m[1])
	} else if m := related.FindStringSubmatch(l); m != nil {
		o.node(m[1], point(m[1]))
		o.node(m[3], point(m[3]))
		o.edges = append(o.edges, edge{m[1], m[3], m[4]})
	}
}

// point returns the word for the mark that stands for the first and the last state.
func point(id string) string {
	if id == "[*]" {
		return "start or end"
	}
	return ""
}

// flow reads a line of a flowchart: groups of nodes with links between them.
func (o *outline) flow(l string) {
	for _, word := range []string{"subgraph", "end", "style", "classDef", "class", "click", "linkStyle", "direction"} {
		if rest, ok := strings.CutPrefix(l, word); ok && (rest == "" || rest[0] == ' ' || rest[0] == ';') {
			return
		}
	}
	rest := worded.ReplaceAllString(l, "-->|$1|")
	before, label := []string(nil), ""
	for rest != "" {
		var group []string
		group, rest = o.group(rest)
		if len(group) == 0 {
			return
		}
		for _, from := range before {
			for _, to := range group {
				if len(o.edges) <= maxEdges {
					o.edges = append(o.edges, edge{from, to, label})
				}
			}
		}
		m := link.FindStringSubmatch(rest)
		if m == nil || m[0] == "" {
			return
		}
		before, label, rest = group, m[1], rest[len(m[0]):]
	}
}

// group reads nodes that are joined by &.
// It returns the ids in order and what follows them; no ids if s does not begin with a node.
func (o *outline) group(s string) (ids []string, rest string) {
	for {
		id, label, after := readNode(strings.TrimLeft(s, " "))
		if id == "" {
			return ids, s
		}
		o.node(id, label)
		ids = append(ids, id)
		var joined bool
		if s, joined = strings.CutPrefix(strings.TrimLeft(after, " "), "&"); !joined {
			return ids, after
		}
	}
}

// readNode reads an id with the label in its shape, if it has one.
// A shape that is not closed on the line takes the rest of it. Brackets in quotes do not count.
func readNode(s string) (id, label, rest string) {
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '.' })
	if end < 0 {
		end = len(s)
	}
	id, rest = s[:end], s[end:]
	if id == "" || rest == "" || !strings.ContainsRune("[({>", rune(rest[0])) {
		return id, "", plainClass(rest)
	}
	depth, quoted := 0, false
	for i, r := range rest {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case strings.ContainsRune("[({", r) || r == '>' && i == 0:
			depth++
		case strings.ContainsRune("])}", r):
			if depth--; depth == 0 {
				return id, strings.Trim(rest[:i+utf8.RuneLen(r)], `[](){}<>"/\`), plainClass(rest[i+1:])
			}
		}
	}
	return id, "", ""
}

// plainClass skips the class of a node.
func plainClass(s string) string {
	class, ok := strings.CutPrefix(s, ":::")
	if !ok {
		return s
	}
	return strings.TrimLeftFunc(class, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' })
}

// maxAlt is about the greatest number of bytes of a description.
const maxAlt = 700

// words returns the outline as text: the kind, and each edge in order, or the nodes if there are no
// edges.
func (o *outline) words() string {
	if o == nil {
		return "Diagram, shown as its source"
	}
	var parts []string
	size, left := 0, 0
	add := func(part string) {
		if size += len(part) + 2; size > maxAlt {
			left++
			return
		}
		parts = append(parts, part)
	}
	for _, e := range o.edges {
		part := plain(o.labels[e.from]) + " to " + plain(o.labels[e.to])
		if e.label != "" {
			part += ", " + plain(e.label)
		}
		add(part)
	}
	if len(o.edges) == 0 {
		for _, id := range o.order {
			add(plain(o.labels[id]))
		}
	}
	text := o.name
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, "; ")
	}
	if left > 0 {
		text += "; and more"
	}
	return text + "."
}

// plain returns a label in one line.
func plain(s string) string {
	s = strings.Join(strings.Fields(strings.Trim(breaks.ReplaceAllString(s, " "), `" `)), " ")
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}
