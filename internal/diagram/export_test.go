package diagram

// What tests use of the package's inside.
var (
	Clean   = clean
	Compile = compile
	Call    = call
)

// SmallFolder returns a folder that keeps a few pictures.
func SmallFolder(path string, most int) Store { return &folder{path: path, most: most, files: -1} }

// The limits, for tests at them.
const (
	MaxSource  = maxSource
	MaxEdges   = maxEdges
	MaxNodes   = maxNodes
	MaxWaiting = maxWaiting
)
