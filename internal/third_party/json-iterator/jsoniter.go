// Package jsoniter stands in for github.com/json-iterator/go, which is not maintained any more.
// bleve's geo package calls it to read and write GeoJSON, with the behaviour of encoding/json; this
// package calls encoding/json. The original reflects over methods by name, for which the linker
// has to leave every exported method in the program.
package jsoniter

import "encoding/json"

// API is the part of the original's interface that bleve calls.
type API struct{}

// ConfigCompatibleWithStandardLibrary behaves as encoding/json.
var ConfigCompatibleWithStandardLibrary API

// Marshal returns v as JSON, see json.Marshal.
func (API) Marshal(v any) ([]byte, error) { return json.Marshal(v) }

// Unmarshal parses JSON into v, see json.Unmarshal.
func (API) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }
