package engine_test

import (
	"encoding/json"
	"fmt"
)

// difference is an operation on which the executors disagree.
type difference struct {
	text      string
	variables map[string]any
	err       error
}

func (d *difference) Error() string {
	variables, _ := json.Marshal(d.variables) //nolint:errcheck // maps of JSON values
	return fmt.Sprintf("%v\n%s\nvariables %s", d.err, d.text, variables)
}

func (d *difference) Unwrap() error { return d.err }
