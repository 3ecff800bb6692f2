package diagram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// The limits of the process that draws. A picture takes about a second and 200 MB.
const (
	maxSeconds = 20 * time.Second
	maxMemory  = 768 << 20
)

// Command is the hidden command of the program that runs Serve.
const Command = "draw-diagram"

// Serve draws the diagram that in holds and writes the picture to out. It ends the process when that
// needs too much memory, so it is for a process that does nothing else.
func Serve(in io.Reader, out io.Writer) error {
	debug.SetMemoryLimit(maxMemory * 3 / 4)
	go watchMemory(maxMemory)
	source, err := io.ReadAll(io.LimitReader(in, maxSource+1))
	if err != nil {
		return fmt.Errorf("read the diagram: %w", err)
	}
	d := Describe(string(source))
	_, lines := split(d.Source)
	if err := check(d, outlineOf(d.Kind, lines)); err != nil {
		return err
	}
	svg, err := Render(d.Source, maxSeconds)
	if err != nil {
		return err
	}
	_, err = out.Write(svg)
	return err
}

// tooMuch is the status with which a process ends that has used too much memory.
const tooMuch = 3

// watchMemory ends the process when it uses more memory than a limit.
func watchMemory(limit uint64) {
	use := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(10 * time.Millisecond) {
		metrics.Read(use)
		if use[0].Value.Uint64()-use[1].Value.Uint64() > limit {
			os.Exit(tooMuch)
		}
	}
}

// child draws a diagram in a process of its own, which gets no setting of this one.
func child(ctx context.Context, command []string, source string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, maxSeconds+5*time.Second)
	defer cancel()
	if len(command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFailed, err)
		}
		command = []string{self, Command}
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // the program itself
	cmd.Env = []string{"GOMAXPROCS=1"}
	cmd.Stdin = bytes.NewBufferString(source)
	cmd.WaitDelay = time.Second
	out, wrong := &capped{most: maxPicture + 1}, &capped{most: 500}
	cmd.Stdout, cmd.Stderr = out, wrong
	if err := cmd.Run(); err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == tooMuch {
			err = errors.New("it needs too much memory")
		}
		return nil, fmt.Errorf("%w: %w: %s", ErrFailed, err, wrong.Bytes())
	}
	// What comes from the process is cleaned here again: the script may have taken it over.
	return clean(out.Bytes())
}

// capped is a buffer that keeps the beginning of what is written to it.
type capped struct {
	bytes.Buffer
	most int
}

// Write keeps what there is room for.
func (c *capped) Write(p []byte) (int, error) {
	c.Buffer.Write(p[:min(len(p), max(c.most-c.Len(), 0))])
	return len(p), nil
}
