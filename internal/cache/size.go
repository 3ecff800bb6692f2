package cache

import (
	"reflect"
	"time"
)

// sizeOf estimates the bytes that a value occupies, within about a tenth.
// Data that two values share counts for both. The allocator rounds sizes up by at most an eighth,
// so the mean, half of that, is added. Reflection is slow compared with a lookup, but fast compared
// with the read that came before.
func sizeOf(value any) int {
	v := reflect.ValueOf(value)
	if !v.IsValid() {
		return 0
	}
	n := int(v.Type().Size()) + indirect(v)
	return n + n/16
}

// indirect is the size of the data that a value points to.
// Cached values contain no maps or channels, which count as 0.
func indirect(v reflect.Value) int {
	switch v.Kind() {
	case reflect.String:
		return v.Len()
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return 0
		}
		return int(v.Elem().Type().Size()) + indirect(v.Elem())
	case reflect.Slice:
		n := v.Cap() * int(v.Type().Elem().Size())
		if isFlat(v.Type().Elem().Kind()) {
			return n
		}
		for i := range v.Len() {
			n += indirect(v.Index(i))
		}
		return n
	case reflect.Struct:
		// All times share their locations.
		if v.Type() == reflect.TypeFor[time.Time]() {
			return 0
		}
		n := 0
		for _, f := range v.Fields() {
			if !isFlat(f.Kind()) {
				n += indirect(f)
			}
		}
		return n
	default:
		return 0
	}
}

// isFlat reports whether values of a kind point to nothing.
func isFlat(k reflect.Kind) bool { return k >= reflect.Bool && k <= reflect.Complex128 }
