// Package checks holds tests alone: rules about the repository as a whole that no compiler
// knows. It is imported by nobody.
package checks
