package cache

import "reflect"

// NamesOthers tells whether a filter depends on entries of other types.
func NamesOthers(filter any) bool { return namesOthers(reflect.ValueOf(filter)) }
