// Package run runs operations with gqlgen's executor: it admits a request's parameters, charges its
// budget, enforces the limits of concurrency and time, chooses the generation of its answer, and
// turns errors into what clients see. It does not depend on HTTP.
package run
