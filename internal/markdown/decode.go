package markdown

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"patternhub/internal/content"
)

// enum is implemented by the enums of package content.
type enum interface{ Values() []string }

// Decode reads a file into an entry, whose type is that of e. References hold slugs; the caller
// replaces them with keys. The error joins all problems, each a *Problem. unknown lists
// front-matter keys that the type does not have.
// e should be empty: fields that the file does not have are left as they are. A name that is set on
// a page is the default for a page without another name. If the file cannot be split, or Check
// refuses its text, that is the only problem, since nothing after it could be trusted. Unknown keys
// belong to other programs and are no problem; Splice preserves them.
func Decode(src []byte, e content.Entry) (unknown []string, err error) {
	f, err := split(src)
	if err != nil {
		return nil, err
	}
	if err := Check(f.body); err != nil {
		if p, ok := errors.AsType[*Problem](err); ok {
			p.Line += f.bodyLine - 1
		}
		return nil, err
	}
	d := &decoder{shift: 1, foreign: map[string]bool{}}
	v := reflect.ValueOf(e).Elem()
	h := hints{label: labelOf(f.front)}
	page, isPage := e.(*content.Page)
	if isPage {
		h.fileTitle, page.Name = page.Name, ""
	}
	if f.front != nil {
		d.mapping(f.front, v, true)
	} else {
		d.required(1, 1, v, nil)
	}
	d.body(f, v)
	if isPage {
		h.summarized, h.foreign = d.summarized, d.foreign
		derive(page, h)
	}
	if e.Head().Name == "" {
		d.refuse(1, 1, "name is missing")
	}
	return d.unknown, errors.Join(d.problems...)
}

// decoder collects problems while it fills an entry. It never stops at one, so that an author sees
// all of them together.
type decoder struct {
	problems []error
	unknown  []string
	// shift is added to the lines of the decoded text to give those of the file.
	shift int
	// record means that sections and the body are among the fields, as in NDJSON.
	record bool
	// summarized means that the file has a summary, even an empty one.
	summarized bool
	// foreign holds the fields that were given under another program's name.
	foreign map[string]bool
}

// refuse adds a problem at a line and column of the file, both from 1.
func (d *decoder) refuse(line, column int, format string, args ...any) {
	d.problems = append(d.problems, &Problem{Line: line, Column: column, What: fmt.Sprintf(format, args...)})
}

// at adds a problem at a node.
func (d *decoder) at(n ast.Node, format string, args ...any) {
	line, column := start(n)
	d.refuse(line+d.shift, column, format, args...)
}

// required adds a problem for each required field that is missing.
func (d *decoder) required(line, at int, v reflect.Value, given map[string]bool) {
	for _, c := range columns(v) {
		if c.required() && !given[c.name] {
			d.refuse(line, at, "%s is missing", c.name)
		}
	}
}

// mapping decodes a YAML mapping into a struct.
// Another program's name for a field, such as title, counts only at the top, and only if our name
// is absent. An unknown name at the top is returned as unknown; further inside it is a problem,
// since it is most likely a mistake there. The first value of a repeated name counts.
func (d *decoder) mapping(n ast.Node, v reflect.Value, top bool) {
	list, ok := pairs(n)
	if !ok {
		d.at(n, "expected a mapping of names to values")
		return
	}
	names := make([]string, len(list))
	for i, pair := range list {
		names[i] = keyOf(pair)
	}
	fields := map[string]reflect.Value{}
	for _, c := range d.columns(v) {
		fields[c.name] = c.value
	}
	given := map[string]bool{}
	for _, pair := range list {
		name := keyOf(pair)
		if own := ownName(name); top && nameFor(names, own) == name {
			d.foreign[own] = d.foreign[own] || own != name
			name = own
		}
		if given[name] {
			d.at(pair.Key, "%s is given twice", name)
			continue
		}
		given[name] = true
		if top && keyOf(pair) == "summary" {
			// Other programs write an empty description by default; only our own name means that
			// there is none.
			_, null := pair.Value.(*ast.NullNode)
			d.summarized = !null
		}
		field, ok := fields[name]
		switch {
		case ok:
			d.value(pair.Value, field, name)
		case aliased(pair) != "":
			d.at(pair.Key, "%s: %s", name, aliased(pair))
		case top:
			d.unknown = append(d.unknown, name)
		default:
			d.at(pair.Key, "unknown field %s", name)
		}
	}
	line, column := start(n)
	d.required(line+d.shift, column, v, given)
}

// columns returns the fields that the current text can have.
func (d *decoder) columns(v reflect.Value) []column {
	if d.record {
		return recordColumns(v)
	}
	return columns(v)
}

// ownName returns our name of a field that other programs name differently, or the name itself.
func ownName(name string) string {
	switch name {
	case "title":
		return "name"
	case "description", "excerpt":
		return "summary"
	}
	return name
}

// nameFor returns the name under which a field is given among names: ours, or the first name of
// another program. It returns ours if there is none.
func nameFor(names []string, own string) string {
	for _, name := range []string{own, "title", "description", "excerpt"} {
		if ownName(name) == own && slices.Contains(names, name) {
			return name
		}
	}
	return own
}

// labelOf returns the short name of a page for menus; empty without one.
func labelOf(front ast.Node) string {
	list, _ := pairs(front)
	for _, pair := range list {
		switch keyOf(pair) {
		case "linkTitle", "sidebar_label", "nav_title":
			label, _ := scalarText(pair.Value)
			return content.Spaced(label)
		}
	}
	return ""
}

// aliased returns what to do about the first alias in a pair; empty without one. An edit of the
// shared value would also change the field of another program, which the hub must preserve.
func aliased(pair *ast.MappingValueNode) string {
	todo := ""
	ast.Walk(visit(func(n ast.Node) {
		switch n.(type) {
		case *ast.AliasNode, *ast.MergeKeyNode:
			if todo == "" {
				todo = shared(n)
			}
		}
	}), pair)
	return todo
}

// shared returns what to do about a node that shares its value with others, or has its own type;
// empty for any other node.
func shared(n ast.Node) string {
	switch n := n.(type) {
	case *ast.AliasNode:
		return fmt.Sprintf("the alias %s stands for a value elsewhere; write the value itself here", n)
	case *ast.AnchorNode:
		return fmt.Sprintf("the anchor &%s is for sharing the value; leave it out, and write the value itself wherever *%[1]s stands", n.Name)
	case *ast.MergeKeyNode:
		return "<< takes fields from elsewhere; write the fields themselves here"
	case *ast.TagNode:
		return fmt.Sprintf("the tag %s is not needed; leave it out", n.Start.Value)
	}
	return ""
}

// visit is an ast.Visitor that is called with every node.
type visit func(ast.Node)

// Visit calls the function.
func (v visit) Visit(n ast.Node) ast.Visitor {
	v(n)
	return v
}

// value decodes a YAML value into a field. null leaves the field as it is. Anchors and aliases are
// refused: with them a short text could produce a huge value, and an edit of one value would change
// another.
func (d *decoder) value(n ast.Node, v reflect.Value, name string) {
	if _, null := n.(*ast.NullNode); null {
		return
	}
	if todo := shared(n); todo != "" {
		d.at(n, "%s: %s", name, todo)
		return
	}
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		d.time(n, v, name)
		return
	case reflect.TypeFor[[]*content.ChecklistItem]():
		var texts []string
		d.value(n, reflect.ValueOf(&texts).Elem(), name)
		setPoints(v, texts)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		d.value(n, p.Elem(), name)
		v.Set(p)
	case reflect.Slice:
		seq, ok := n.(*ast.SequenceNode)
		if !ok {
			d.at(n, "%s: expected a list", name)
			return
		}
		list := reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values))
		for i, item := range seq.Values {
			d.value(item, list.Index(i), name)
		}
		v.Set(list)
	case reflect.Struct:
		d.mapping(n, v, false)
	default:
		d.scalar(n, v, name)
	}
}

// scalar decodes a string, number or bool. Whole numbers have at most 32 bits, like GraphQL's Int;
// NaN and the infinities do not exist in JSON.
func (d *decoder) scalar(n ast.Node, v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.String:
		s, ok := scalarText(n)
		if !ok {
			d.at(n, "%s: expected text", name)
			return
		}
		if e, isEnum := reflect.TypeAssert[enum](v); isEnum {
			s = d.enum(n, e, s, name)
		}
		v.SetString(s)
	case reflect.Int:
		i, ok := n.(*ast.IntegerNode)
		if !ok {
			d.at(n, "%s: expected a whole number", name)
			return
		}
		x, err := strconv.ParseInt(fmt.Sprint(i.Value), 10, 32)
		if err != nil {
			d.at(n, "%s: the number is out of range", name)
			return
		}
		v.SetInt(x)
	case reflect.Float64:
		x, err := strconv.ParseFloat(n.GetToken().Value, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			d.at(n, "%s: expected a number", name)
			return
		}
		v.SetFloat(x)
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.at(n, "%s: expected true or false", name)
			return
		}
		v.SetBool(b.Value)
	default:
		d.at(n, "%s: cannot be set in a file", name)
	}
}

// scalarText returns the text of a scalar. A plain number or bool counts as the text that is
// written, so that `introduced: 2012` needs no quotes.
func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// enum converts "data-management" to DATA_MANAGEMENT and checks it. The problem lists all allowed
// values in the form of files.
func (d *decoder) enum(n ast.Node, e enum, s, name string) string {
	value := strings.ToUpper(strings.ReplaceAll(s, "-", "_"))
	if slices.Contains(e.Values(), value) {
		return value
	}
	var allowed []string
	for _, v := range e.Values() {
		allowed = append(allowed, content.Kebab(v))
	}
	d.at(n, "%s: %q is not one of %s", name, s, strings.Join(allowed, ", "))
	return ""
}

// time decodes RFC 3339 and converts it to UTC.
func (d *decoder) time(n ast.Node, v reflect.Value, name string) {
	s, _ := scalarText(n)
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		d.at(n, "%s: expected a time such as 2026-01-31T12:00:00Z", name)
		return
	}
	v.Set(reflect.ValueOf(t.UTC()))
}
