// Package checks contains only tests: rules about the whole repository that the compiler does not
// check.
package checks
