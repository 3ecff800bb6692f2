package engine

// flaw is a mistake that the tests put in on purpose, to see that the comparison with the
// stock executor would find it. Nothing outside the tests sets one.
type flaw int

const (
	// flawPlanKey ignores the variables of @skip and @include.
	flawPlanKey flaw = iota + 1
	// flawNull keeps an object whose field must not be null and is.
	flawNull
	// flawFloat writes floats without an exponent.
	flawFloat
	// flawParents calls fields with the next object of the list.
	flawParents
	// flawError forgets the errors of resolvers.
	flawError
	// flawArgument keeps decoded arguments although they depend on variables.
	flawArgument
)
