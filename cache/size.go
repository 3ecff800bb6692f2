package cache

import (
	"reflect"
	"time"
)

// sizeOf estimates the bytes that a value holds on to, within about a tenth.
// What two values share is counted for both, and memory is given out in sizes that are up to an
// eighth larger than what was asked for: half of that is added, the mean. It takes reflection,
// which is slow beside a look in memory and fast beside the read that was just done.
func sizeOf(value any) int {
	v := reflect.ValueOf(value)
	if !v.IsValid() {
		return 0
	}
	n := int(v.Type().Size()) + held(v)
	return n + n/16
}

// held is what a value holds beside its own bytes.
// Maps and channels do not occur in what is kept, and count as nothing.
func held(v reflect.Value) int {
	switch v.Kind() {
	case reflect.String:
		return v.Len()
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return 0
		}
		return int(v.Elem().Type().Size()) + held(v.Elem())
	case reflect.Slice:
		n := v.Cap() * int(v.Type().Elem().Size())
		if flat(v.Type().Elem().Kind()) {
			return n
		}
		for i := range v.Len() {
			n += held(v.Index(i))
		}
		return n
	case reflect.Struct:
		// A time points to a location that all times share.
		if v.Type() == reflect.TypeFor[time.Time]() {
			return 0
		}
		n := 0
		for _, f := range v.Fields() {
			if !flat(f.Kind()) {
				n += held(f)
			}
		}
		return n
	default:
		return 0
	}
}

// flat tells the kinds that hold nothing but their own bytes.
func flat(k reflect.Kind) bool { return k >= reflect.Bool && k <= reflect.Complex128 }
