package diagram

import (
	"bytes"
	"compress/gzip"
	_ "embed" // for the script
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"modernc.org/quickjs"
)

// bundle is the script that draws; bundle/README.md says what it is made of.
//
//go:embed bundle/bundle.js.gz
var bundle []byte

// surroundings are the few things of a browser that the script looks for. It must not find self,
// which would make it wait for messages.
const surroundings = `var global = globalThis, console = {log() {}, warn() {}, error() {}, err() {}};
function atob() { return ""; }
function setTimeout() {}`

// program returns the script, compiled once.
var program = sync.OnceValues(func() ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(bundle))
	if err != nil {
		return nil, fmt.Errorf("read the script that draws: %w", err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read the script that draws: %w", err)
	}
	return compile(surroundings + "\n" + string(text))
})

// compile returns the byte code of a script.
func compile(script string) ([]byte, error) {
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, fmt.Errorf("start the engine: %w", err)
	}
	code, err := vm.Compile(script, quickjs.EvalGlobal)
	if err = errors.Join(err, vm.Close()); err != nil {
		return nil, fmt.Errorf("compile the script that draws: %w", err)
	}
	return code, nil
}

// call runs a compiled script in a new engine and returns what its function draw makes of a source,
// within a number of bytes and a time.
func call(code []byte, source string, memory uintptr, within time.Duration) (svg string, err error) {
	vm, err := quickjs.NewVM()
	if err != nil {
		return "", fmt.Errorf("start the engine: %w", err)
	}
	defer func() { err = errors.Join(err, vm.Close()) }()
	vm.SetMemoryLimit(memory)
	if err := vm.SetEvalTimeout(within); err != nil {
		return "", fmt.Errorf("set the limit of time: %w", err)
	}
	if _, err := vm.EvalBytecode(code); err != nil {
		return "", fmt.Errorf("%w: the script does not start: %w", ErrFailed, err)
	}
	v, err := vm.Call("draw", source)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrFailed, err)
	}
	svg, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("%w: the script returned no text", ErrFailed)
	}
	return svg, nil
}

// Render runs the script on a source within a time, in this process, and returns a clean picture.
// It is for the process that Serve runs in and for tools; others use a Drawer.
func Render(source string, within time.Duration) ([]byte, error) {
	code, err := program()
	if err != nil {
		return nil, err
	}
	_, lines := split(source)
	svg, err := call(code, strings.Join(lines, "\n"), maxMemory, within)
	if err != nil {
		return nil, err
	}
	return clean([]byte(svg))
}
