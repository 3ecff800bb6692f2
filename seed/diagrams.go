package seed

import (
	_ "embed" // for the pictures
	"sync"

	"patternhub/internal/diagram"
)

// drawn has the pictures of the diagrams, so that no hub draws them again.
//
//go:embed diagrams.json.gz
var drawn []byte

// Diagrams returns the clean pictures of the diagrams of the hub's own content by their hashes. It
// is the same map each time; do not change it.
var Diagrams = sync.OnceValue(func() map[string][]byte {
	pictures, err := diagram.Unpack(drawn)
	if err != nil {
		panic(err) // the file is embedded above
	}
	return pictures
})
