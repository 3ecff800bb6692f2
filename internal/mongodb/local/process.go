package local

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// process is one run of mongod.
type process struct {
	cmd   *exec.Cmd
	begin int64         // offset of its part of the log
	done  chan struct{} // closed when it has ended
}

// launch starts the program and waits for its end in the background. Linux kills the child when the
// thread that started it ends, not the process. So launch locks a goroutine to that thread until the
// child ends.
func launch(ctx context.Context, binary string, arguments []string, log *os.File) (*process, error) {
	begin, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("find the end of the log: %w", err)
	}
	// The context bounds the start only: with it, the child would end at the caller's deadline.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), binary, arguments...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = attributes()
	p := &process{cmd: cmd, begin: begin, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		defer close(p.done)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // the result is in cmd.ProcessState
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("run %s: %w", binary, err)
	}
	return p, nil
}

// kill kills the process and waits for its end.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill: %w", err)
	}
	<-p.done
	return nil
}

// terminate asks the process to end, and kills it if it does not end within stopLimit, such as a
// process that was suspended by a signal.
func (p *process) terminate() error {
	if err := p.cmd.Process.Signal(terminateSignal); err != nil {
		return p.kill() // it has ended, or the system has no such signal
	}
	timer := time.NewTimer(stopLimit)
	defer timer.Stop()
	select {
	case <-p.done:
		return nil
	case <-timer.C:
		return p.kill()
	}
}

// The exit codes of mongod that Start handles.
const (
	exitPortTaken = 48
	exitException = 100 // any fault while opening the data, such as a folder in use
)

// exitError reports that mongod ended during its start.
type exitError struct {
	code   int
	reason string
	log    string
}

// Error returns the code, the last faults of mongod and the path of its log.
func (e *exitError) Error() string {
	return fmt.Sprintf("mongod ended with code %d: %s (log: %s)", e.code, e.reason, e.log)
}

// portTaken reports whether the server ended because another program has its port.
func (e *exitError) portTaken() bool { return e.code == exitPortTaken }

// explain returns the reason why the process ended, from its part of the log. It must be called after
// its end.
func (p *process) explain(options Options, log *os.File) error {
	text, err := io.ReadAll(io.NewSectionReader(log, p.begin, maxLog))
	if err != nil {
		return fmt.Errorf("read the log of mongod: %w", err)
	}
	code := p.cmd.ProcessState.ExitCode()
	if code == exitException && bytes.Contains(text, []byte("DBPathInUse")) {
		holder := "another mongod"
		if pid, err := os.ReadFile(filepath.Join(options.Dir, "mongod.lock")); err == nil && len(bytes.TrimSpace(pid)) > 0 {
			holder = "the mongod with process id " + strings.TrimSpace(string(pid))
		}
		return fmt.Errorf("%w: %s holds %s; stop the service that started it, or name another folder", ErrInUse, holder, options.Dir)
	}
	return &exitError{code: code, reason: reason(text), log: options.Log}
}

// reason returns the last faults in mongod's log, which has a JSON object on each line. Lines that are
// not JSON are from the system's loader.
func reason(log []byte) string {
	var faults []byte
	for line := range bytes.Lines(log) {
		var entry struct {
			Severity   string          `json:"s"`
			Message    string          `json:"msg"`
			Attributes json.RawMessage `json:"attr"`
		}
		switch err := json.Unmarshal(line, &entry); {
		case err != nil:
			faults = append(faults, line...)
		case entry.Severity == "E" || entry.Severity == "F":
			faults = append(faults, entry.Message+" "+string(entry.Attributes)+"\n"...)
		}
	}
	if len(faults) == 0 {
		faults = log
	}
	return lastLines(faults, 3)
}
