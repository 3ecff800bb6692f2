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

	"patternhub/content"
)

// enum is what enums of the vocabulary have in common.
type enum interface{ Values() []string }

// Decode reads a file into an entry, whose type is that of e. References hold slugs instead of
// keys; the caller puts the keys in. All problems are told at once, joined; each is a *Problem.
// unknown lists front-matter keys that the type does not have.
// e should be empty: fields that the file does not give are left as they are. When the file cannot
// be taken apart, or its text is refused by Check, that is the only problem told, since nothing
// after it could be trusted. Unknown keys are no problem: they are other programs' and are kept by
// Splice.
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
	d := &decoder{shift: 1}
	v := reflect.ValueOf(e).Elem()
	if f.front != nil {
		d.mapping(f.front, v, true)
	} else {
		d.required(1, 1, v, nil)
	}
	d.body(f, v)
	if page, ok := e.(*content.Page); ok {
		derive(page)
	}
	if e.Head().Name == "" {
		d.refuse(1, 1, "name is missing")
	}
	if e.Head().Summary == "" {
		d.refuse(1, 1, "summary is missing")
	}
	return d.unknown, errors.Join(d.problems...)
}

// decoder gathers what is wrong while it fills an entry. It never stops at a problem, so that an
// author sees all of them at once.
type decoder struct {
	problems []error
	unknown  []string
	// shift is what the lines of the text that is decoded are behind those of the file.
	shift int
	// whole tells that sections and the body stand among the fields, as they do in NDJSON.
	whole bool
}

// refuse notes a problem at a line and column of the file, both from 1.
func (d *decoder) refuse(line, column int, format string, args ...any) {
	d.problems = append(d.problems, &Problem{Line: line, Column: column, What: fmt.Sprintf(format, args...)})
}

// at refuses what a node holds. Lines are those of the file: front matter starts on its second.
func (d *decoder) at(n ast.Node, format string, args ...any) {
	line, column := start(n)
	d.refuse(line+d.shift, column, format, args...)
}

// required refuses a struct in which a field is missing that its type cannot do without.
func (d *decoder) required(line, at int, v reflect.Value, seen map[string]bool) {
	for _, c := range columns(v) {
		if c.required() && !seen[c.name] {
			d.refuse(line, at, "%s is missing", c.name)
		}
	}
}

// mapping decodes a YAML mapping into a struct.
// Another program's name for a field, such as title, counts only where ours is not given too, and
// only at the top. At the top an unknown name is reported apart; further in it is a problem, for
// there it is most likely a slip. A name that is given twice keeps its first value.
func (d *decoder) mapping(n ast.Node, v reflect.Value, top bool) {
	list, ok := pairs(n)
	if !ok {
		d.at(n, "expected a mapping of names to values")
		return
	}
	given := make(map[string]bool, len(list))
	for _, pair := range list {
		given[keyOf(pair)] = true
	}
	known := map[string]reflect.Value{}
	for _, c := range d.columns(v) {
		known[c.name] = c.value
	}
	seen := map[string]bool{}
	for _, pair := range list {
		name := keyOf(pair)
		if own := inOurWords(name); top && !given[own] {
			name = own
		}
		if seen[name] {
			d.at(pair.Key, "%s is given twice", name)
			continue
		}
		seen[name] = true
		field, ok := known[name]
		switch {
		case ok:
			d.value(pair.Value, field, name)
		case top:
			d.unknown = append(d.unknown, name)
		default:
			d.at(pair.Key, "unknown field %s", name)
		}
	}
	line, column := start(n)
	d.required(line+d.shift, column, v, seen)
}

// columns lists the fields that the text at hand can hold.
func (d *decoder) columns(v reflect.Value) []column {
	if d.whole {
		return wholeColumns(v)
	}
	return columns(v)
}

// inOurWords names a field as this hub does where other programs have another name for it.
func inOurWords(name string) string {
	switch name {
	case "title":
		return "name"
	case "description":
		return "summary"
	}
	return name
}

// value decodes a YAML value into a field.
// null leaves the field as it is. Anchors and aliases are refused: a short text could stand for a
// huge value with them, and an edit at one place would change another.
func (d *decoder) value(n ast.Node, v reflect.Value, name string) {
	switch n.(type) {
	case *ast.NullNode:
		return
	case *ast.AliasNode, *ast.AnchorNode, *ast.TagNode, *ast.MergeKeyNode:
		d.at(n, "%s: anchors, aliases and tags are not allowed", name)
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

// scalar decodes a text, number or yes-or-no.
// Whole numbers are at most 32 bits, as GraphQL's Int is; NaN and the infinities have no form in
// JSON.
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

// scalarText gives the text of a scalar. A plain number or yes-or-no counts as the text it is
// written as, so that `introduced: 2012` needs no quotes.
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

// enum turns "data-management" into DATA_MANAGEMENT and checks it.
// The refusal lists all values that are allowed, in the form in which files write them.
func (d *decoder) enum(n ast.Node, e enum, s, name string) string {
	value := strings.ToUpper(strings.ReplaceAll(s, "-", "_"))
	if slices.Contains(e.Values(), value) {
		return value
	}
	var allowed []string
	for _, v := range e.Values() {
		allowed = append(allowed, kebab(v))
	}
	d.at(n, "%s: %q is not one of %s", name, s, strings.Join(allowed, ", "))
	return ""
}

// time reads RFC 3339 and keeps it in UTC.
func (d *decoder) time(n ast.Node, v reflect.Value, name string) {
	s, _ := scalarText(n)
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		d.at(n, "%s: expected a time such as 2026-01-31T12:00:00Z", name)
		return
	}
	v.Set(reflect.ValueOf(t.UTC()))
}
