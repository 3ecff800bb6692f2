package content

import (
	"fmt"
	"strings"
)

// A singleton is a type with one entry, such as a table that the site always needs. The entry can be
// changed like any other. It cannot be unpublished or deleted, and no second one can be created.

// Singleton reports whether the type has exactly one entry.
func (t EntryType) Singleton() bool { return t.kind().singleton }

// OnlyKey is the key of the only entry of a singleton; empty for other types. Since the key never
// changes, the store refuses a second entry, whoever writes it.
func (t EntryType) OnlyKey() string {
	if !t.Singleton() {
		return ""
	}
	return t.Stem()
}

// Lasting explains why entries of a type cannot be unpublished or deleted; empty if they can.
func Lasting(t EntryType) string {
	if !t.Singleton() {
		return ""
	}
	return fmt.Sprintf("The hub always has its %s. It can be changed, but not unpublished or deleted.", words(t.Tag()))
}

// Only explains why a type cannot have a second entry; empty if it can.
func Only(t EntryType) string {
	if !t.Singleton() {
		return ""
	}
	return fmt.Sprintf("The hub has one %s: change that one.", words(t.Tag()))
}

// words returns the words of a tag, separated by blanks.
func words(tag string) string { return strings.ReplaceAll(tag, "-", " ") }
