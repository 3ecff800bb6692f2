package pages

import (
	"slices"
	"strings"
)

// needServer are the pages that compute their answer for each reader. A copy on a static host leaves them out.
var needServer = []string{"/wizard", "/compare", "/calculator"}

// NeedsServer reports whether the page at a path computes its answer for each reader.
func NeedsServer(path string) bool {
	return slices.Contains(needServer, path) || strings.HasPrefix(path, "/wizard/")
}

// served returns the links whose pages there are where this page is shown.
func (f *Frame) served(links []Link) []Link {
	if !f.Static {
		return links
	}
	return slices.DeleteFunc(slices.Clone(links), func(l Link) bool { return NeedsServer(l.ResourcePath) })
}

// hasFeed reports whether there is a feed where this page is shown. Readers of feeds need absolute addresses,
// so a copy that does not know its own has none.
func (f *Frame) hasFeed() bool { return !f.Static || f.Origin != "" }
