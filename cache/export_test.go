package cache

import "reflect"

// NamesOthers tells whether a filter depends on entries of other types.
func NamesOthers(filter any) bool { return namesOthers(reflect.ValueOf(filter)) }

// SizeOf estimates the bytes that a value holds on to.
func SizeOf(value any) int { return sizeOf(value) }
