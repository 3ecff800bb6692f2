// Package operation turns a request's document and variables into an operation that can run: it
// parses, validates and measures the document, computes what its answers depend on, and finds
// documents that clients name instead of sending. It does not depend on HTTP and runs nothing.
//
// Find checks the limits in ascending order of their cost, so that an expensive document is refused
// before the expensive work, and caches operations that passed.
package operation
