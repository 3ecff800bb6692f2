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
func Decode(src []byte, e content.Entry) (unknown []string, err error) {
	f, err := split(src)
	if err != nil {
		return nil, err
	}
	d := &decoder{}
	v := reflect.ValueOf(e).Elem()
	if f.front != nil {
		d.mapping(f.front, v, true)
	}
	d.body(f, v)
	if e.Head().Summary == "" {
		d.refuse(1, 1, "summary is missing")
	}
	return d.unknown, errors.Join(d.problems...)
}

type decoder struct {
	problems []error
	unknown  []string
}

func (d *decoder) refuse(line, column int, format string, args ...any) {
	d.problems = append(d.problems, &Problem{Line: line, Column: column, What: fmt.Sprintf(format, args...)})
}

// at refuses what a node holds. Lines are those of the file: front matter starts on its second.
func (d *decoder) at(n ast.Node, format string, args ...any) {
	pos := n.GetToken().Position
	d.refuse(pos.Line+1, pos.Column, format, args...)
}

// fields maps the names of a struct's fields to their values, through embedded structs. Store
// fields that files do not hold are left out.
func fields(v reflect.Value, out map[string]reflect.Value) {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			fields(v.Field(i), out)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("bson"), ",")
		switch name {
		case "_id", "type", "revision", "status", "createdAt", "updatedAt", "publishedAt", "formerSlugs", "body", "":
			continue
		}
		if f.Tag.Get("section") == "" {
			out[name] = v.Field(i)
		}
	}
}

// mapping decodes a YAML mapping into a struct.
func (d *decoder) mapping(n ast.Node, v reflect.Value, top bool) {
	pairs, ok := pairsOf(n)
	if !ok {
		d.at(n, "expected a mapping of names to values")
		return
	}
	known := map[string]reflect.Value{}
	fields(v, known)
	seen := map[string]bool{}
	for _, pair := range pairs {
		name := pair.Key.String()
		if s, ok := pair.Key.(*ast.StringNode); ok {
			name = s.Value
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
}

// pairsOf gives the pairs of a mapping; one with a single pair has a node of its own kind.
func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// value decodes a YAML value into a field.
func (d *decoder) value(n ast.Node, v reflect.Value, name string) {
	switch n.(type) {
	case *ast.NullNode:
		return
	case *ast.AliasNode, *ast.AnchorNode, *ast.TagNode, *ast.MergeKeyNode:
		d.at(n, "%s: anchors, aliases and tags are not allowed", name)
		return
	}
	if v.Type() == reflect.TypeFor[time.Time]() {
		d.time(n, v, name)
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
func (d *decoder) enum(n ast.Node, e enum, s, name string) string {
	value := strings.ToUpper(strings.ReplaceAll(s, "-", "_"))
	if slices.Contains(e.Values(), value) {
		return value
	}
	var allowed []string
	for _, v := range e.Values() {
		allowed = append(allowed, strings.ToLower(strings.ReplaceAll(v, "_", "-")))
	}
	d.at(n, "%s: %q is not one of %s", name, s, strings.Join(allowed, ", "))
	return ""
}

func (d *decoder) time(n ast.Node, v reflect.Value, name string) {
	s, _ := scalarText(n)
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		d.at(n, "%s: expected a time such as 2026-01-31T12:00:00Z", name)
		return
	}
	v.Set(reflect.ValueOf(t.UTC()))
}

// body puts the sections that fields are made of into those fields, and the rest into Body.
func (d *decoder) body(f *file, v reflect.Value) {
	named := map[string]reflect.Value{}
	sectionFields(v, named)
	var rest strings.Builder
	for _, s := range sections(f.body, 2) {
		field, ok := named[s.name]
		switch {
		case ok && s.name != "":
			d.section(s, field)
		case s.name == "":
			rest.WriteString(s.text)
		default:
			rest.WriteString("## " + s.name + "\n" + s.text)
		}
	}
	if body := v.FieldByName("Body"); body.IsValid() {
		body.Addr().Interface().(*content.RichText).Markdown = strings.Trim(rest.String(), "\n") + "\n"
	}
}

// sectionFields maps the names of sections to the fields made of them.
func sectionFields(v reflect.Value, out map[string]reflect.Value) {
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("section"); name != "" {
			out[name] = v.Field(i)
		}
	}
}

// section reads a section into its field: a paragraph, a list, or parts with names of their own.
func (d *decoder) section(s section, v reflect.Value) {
	switch {
	case v.Kind() == reflect.String:
		v.SetString(strings.TrimSpace(s.text))
	case v.Kind() == reflect.Struct:
		parts := map[string]reflect.Value{}
		sectionFields(v, parts)
		for _, part := range sections(s.text, 3) {
			if field, ok := parts[part.name]; ok && part.name != "" {
				d.section(part, field)
			}
		}
	case v.Type() == reflect.TypeFor[[]string]():
		v.Set(reflect.ValueOf(items(s.text)))
	default:
		var list []*content.ChecklistItem
		for i, text := range items(s.text) {
			list = append(list, &content.ChecklistItem{Order: i + 1, Text: text})
		}
		v.Set(reflect.ValueOf(list))
	}
}
