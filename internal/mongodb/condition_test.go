package mongodb_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"patternhub/internal/content"
)

// condition is one operator of one filter field, such as "Year.Gte", with its meaning for the values
// that an entry has in that field.
type condition[F any] struct {
	field, op string
	filter    *F
	// meets reports whether an entry with those values is in the list.
	meets func(values []any) bool
}

// conditions returns one condition for each operator of a filter field. The operands are values
// that entries have: pool lists those of each entry.
func conditions[F any](path []int, pool [][]any) ([]condition[F], error) {
	field := reflect.TypeFor[F]().FieldByIndex(path)
	set := func(v reflect.Value) *F {
		f := new(F)
		reflect.ValueOf(f).Elem().FieldByIndex(path).Set(v)
		return f
	}
	all := distinct(pool)
	if len(all) == 0 {
		return nil, fmt.Errorf("no entry has a value for %s", field.Name)
	}
	if field.Type.Elem().Kind() == reflect.Bool {
		var out []condition[F]
		for _, v := range []bool{false, true} {
			out = append(out, condition[F]{field.Name, "Eq", set(reflect.ValueOf(&v)), func(values []any) bool { return slices.Contains(values, any(v)) }})
		}
		return out, nil
	}
	folded := field.Type.Elem() == reflect.TypeFor[content.TextFilter]()
	var out []condition[F]
	for op := range field.Type.Elem().Fields() {
		operands := operandsOf(op.Name, all, pool)
		given, err := operand(op.Type, operands, folded)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", field.Name, op.Name, err)
		}
		filter := reflect.New(field.Type.Elem())
		filter.Elem().FieldByIndex(op.Index).Set(given)
		out = append(out, condition[F]{
			field:  field.Name,
			op:     op.Name,
			filter: set(filter),
			meets: func(values []any) bool {
				if folded {
					return meets(op.Name, fold(values), fold(operands))
				}
				return meets(op.Name, values, operands)
			},
		})
	}
	return out, nil
}

// point reports whether the condition lists values, rather than a range of them.
func (c *condition[F]) point() bool { return slices.Contains([]string{"Eq", "In", "All"}, c.op) }

// ranged reports whether the condition selects a range of values.
func (c *condition[F]) ranged() bool {
	return slices.Contains([]string{"Gt", "Gte", "Lt", "Lte", "StartsWith"}, c.op)
}

// few reports whether few entries can have one value of the field, so that sorting them costs nothing:
// a slug is unique, and a time is that of one write, whose size is bounded.
func (c *condition[F]) few() bool {
	return slices.Contains([]string{"Slug", "CreatedAt", "UpdatedAt", "PublishedAt"}, c.field)
}

// order returns the order by the condition's field, which may not exist: READING_MINUTES for
// ReadingMinutes.
func (c *condition[F]) order() string {
	var out strings.Builder
	for i, r := range c.field {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToUpper(r))
	}
	return out.String()
}

// operandsOf chooses the operands of an operator.
func operandsOf(op string, all []any, pool [][]any) []any {
	middle := all[len(all)/2]
	switch op {
	case "In":
		return []any{middle, all[0]}
	case "All":
		// Two values of one entry, if an entry has two.
		most := slices.MaxFunc(pool, func(a, b []any) int { return cmp.Compare(len(a), len(b)) })
		return most[:min(2, len(most))]
	case "StartsWith":
		word := []rune(middle.(string))
		return []any{string(word[:min(2, len(word))])}
	case "Contains":
		word := []rune(strings.TrimSpace(middle.(string)))
		return []any{string(word[len(word)/2:])}
	}
	return []any{middle}
}

// operand returns the Go value of an operand: a list or a pointer. Text is in capitals, which must not
// matter.
func operand(t reflect.Type, values []any, folded bool) (reflect.Value, error) {
	convert := func(v any) reflect.Value {
		if s, ok := v.(string); ok && folded {
			v = strings.ToUpper(s)
		}
		return reflect.ValueOf(v).Convert(t.Elem())
	}
	switch t.Kind() {
	case reflect.Slice:
		list := reflect.MakeSlice(t, 0, len(values))
		for _, v := range values {
			list = reflect.Append(list, convert(v))
		}
		return list, nil
	case reflect.Pointer:
		p := reflect.New(t.Elem())
		p.Elem().Set(convert(values[0]))
		return p, nil
	default:
		return reflect.Value{}, fmt.Errorf("this test does not support operands of kind %s", t.Kind())
	}
}

// meets implements an operator as the contract defines it: a condition on a list holds if it holds for
// one of its values, a negation if it holds for none.
func meets(op string, values, operands []any) bool {
	one := func(holds func(v any) bool) bool { return slices.ContainsFunc(values, holds) }
	text := func(holds func(s, part string) bool) bool {
		return one(func(v any) bool { return holds(v.(string), operands[0].(string)) })
	}
	switch op {
	case "Eq":
		return slices.Contains(values, operands[0])
	case "In":
		return one(func(v any) bool { return slices.Contains(operands, v) })
	case "NotIn", "None":
		return !meets("In", values, operands)
	case "All":
		return !slices.ContainsFunc(operands, func(o any) bool { return !slices.Contains(values, o) })
	case "StartsWith":
		return text(strings.HasPrefix)
	case "Contains":
		return text(strings.Contains)
	case "Gt":
		return one(func(v any) bool { return compareAny(v, operands[0]) > 0 })
	case "Gte":
		return one(func(v any) bool { return compareAny(v, operands[0]) >= 0 })
	case "Lt":
		return one(func(v any) bool { return compareAny(v, operands[0]) < 0 })
	case "Lte":
		return one(func(v any) bool { return compareAny(v, operands[0]) <= 0 })
	}
	panic("this test does not support the operator " + op)
}

func fold(values []any) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = content.Fold(v.(string))
	}
	return out
}

// plain returns a field's value as a list of strings, ints, bools and times, without nil and empty
// texts.
func plain(v any) []any {
	if when, ok := v.(time.Time); ok {
		return []any{when}
	}
	x := reflect.ValueOf(v)
	switch x.Kind() {
	case reflect.Pointer:
		if x.IsNil() {
			return nil
		}
		return plain(x.Elem().Interface())
	case reflect.Slice:
		var out []any
		for i := range x.Len() {
			for _, one := range plain(x.Index(i).Interface()) {
				if !slices.Contains(out, one) {
					out = append(out, one)
				}
			}
		}
		return out
	case reflect.String:
		if x.String() == "" {
			return nil
		}
		return []any{x.String()}
	default:
		return []any{v}
	}
}

// distinct returns the values of all entries, sorted and without duplicates.
func distinct(pool [][]any) []any {
	out := slices.Concat(pool...)
	slices.SortFunc(out, compareAny)
	return slices.Compact(out)
}

// compareAny compares two values of one kind; nil comes first.
func compareAny(x, y any) int {
	if x == nil || y == nil {
		return cmp.Compare(rank(x), rank(y))
	}
	switch x := x.(type) {
	case int:
		return cmp.Compare(x, y.(int))
	case time.Time:
		return x.Compare(y.(time.Time))
	case bool:
		return cmp.Compare(rank(x), rank(y))
	default:
		return cmp.Compare(x.(string), y.(string))
	}
}

// rank orders nil and bools.
func rank(x any) int {
	switch x {
	case nil:
		return 0
	case false:
		return 1
	}
	return 2
}
