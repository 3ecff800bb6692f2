package cache

import "reflect"

// NamesOthers reports whether a filter depends on entries of other types.
func NamesOthers(filter any) bool { return namesOthers(reflect.ValueOf(filter)) }

// SizeOf estimates the bytes that a value occupies.
func SizeOf(value any) int { return sizeOf(value) }
