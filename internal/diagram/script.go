package diagram

import (
	"bytes"
	"compress/gzip"
	_ "embed" // for the script
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"
)

// bundle is the script that draws; bundle/README.md says what it is made of.
//
//go:embed bundle/bundle.js.gz
var bundle []byte

// surroundings are the few things of a browser that the script looks for. It must not find self,
// which would make it wait for messages.
const surroundings = `var global = this, console = {log() {}, warn() {}, error() {}, err() {}};
function atob() { return ""; }
function setTimeout() {}`

// program returns the script, compiled once.
var program = sync.OnceValues(func() (*goja.Program, error) {
	r, err := gzip.NewReader(bytes.NewReader(bundle))
	if err != nil {
		return nil, fmt.Errorf("read the bundle: %w", err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read the bundle: %w", err)
	}
	return goja.Compile("bundle.js", surroundings+"\n"+string(text), false)
})

// maxStack bounds how deep the script may call itself.
const maxStack = 4000

// Render runs the script on a source within a time, in this process, and returns a clean picture.
// It is for the process that Serve runs in and for tools; others use a Drawer.
func Render(source string, within time.Duration) ([]byte, error) {
	p, err := program()
	if err != nil {
		return nil, err
	}
	vm := goja.New()
	vm.SetMaxCallStackSize(maxStack)
	stop := time.AfterFunc(within, func() { vm.Interrupt("it takes too long") })
	defer stop.Stop()
	if _, err := vm.RunProgram(p); err != nil {
		return nil, fmt.Errorf("%w: the script does not start: %w", ErrFailed, err)
	}
	draw, ok := goja.AssertFunction(vm.Get("draw"))
	if !ok {
		return nil, fmt.Errorf("%w: the script has no function draw", ErrFailed)
	}
	_, lines := split(source)
	v, err := draw(goja.Undefined(), vm.ToValue(strings.Join(lines, "\n")))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFailed, err)
	}
	return clean([]byte(v.String()))
}
