package engine

// Flaw puts a mistake into the engine; the names are those of the sabotages.
func Flaw(name string) Option {
	return func(e *Engine) {
		e.flaw = map[string]flaw{
			"wrong plan key": flawPlanKey, "lost null bubble": flawNull, "wrong float format": flawFloat,
			"swapped parents": flawParents, "skipped error": flawError, "stale argument": flawArgument,
		}[name]
	}
}
