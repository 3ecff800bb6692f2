package diagram

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// The limits of the script. A picture takes a second or two, and 60 MB.
const (
	maxTime   = 30 * time.Second
	maxMemory = 256 << 20
)

// Command is the hidden command of the program that runs Serve.
const Command = "draw-diagram"

// Serve draws the diagram that in holds and writes the picture to out. It is for a process that does
// nothing else.
func Serve(in io.Reader, out io.Writer) error {
	source, err := io.ReadAll(io.LimitReader(in, maxSource+1))
	if err != nil {
		return fmt.Errorf("read the diagram: %w", err)
	}
	d := Describe(string(source))
	_, lines := split(d.Source)
	if err := check(d, outlineOf(d.Kind, lines)); err != nil {
		return err
	}
	svg, err := Render(d.Source, maxTime)
	if err != nil {
		return err
	}
	_, err = out.Write(svg)
	return err
}

// child draws a diagram in a process of its own, which gets no setting of this one.
func child(ctx context.Context, command []string, source string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime+5*time.Second)
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
