package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// startLimit allows for the worst case, a recovery from the journal on a slow disk; a start
	// usually takes half a second.
	startLimit = time.Minute
	// stopLimit bounds an orderly end. A mongod that needs longer is killed: its journal has every
	// acknowledged write.
	stopLimit = 10 * time.Second
	// lockTimeout limits the retries of a start on a folder in use: the mongod of a service that
	// was just killed needs a moment to end.
	lockTimeout = 2 * time.Second
	// pollInterval is short compared with a start.
	pollInterval = 10 * time.Millisecond
	// maxLog is the size above which a log file is rotated at the next start.
	maxLog = 16 << 20
)

// Options says how to start a Server. Only Dir is required.
type Options struct {
	Dir    string   // data folder, created if it does not exist; one server at a time
	Log    string   // log file, appended to; default is mongod.log in Dir
	Binary string   // path of mongod; default is the result of Find
	Port   int      // on the loopback address; default is the folder's last one, or any free one
	Args   []string // further arguments for mongod, after ours
}

// Server is a running mongod, a replica set of one. It runs until Close. On Linux it also ends when
// the process that started it is killed. It is safe for concurrent use.
type Server struct {
	options Options
	port    int

	mu      sync.Mutex // guards process, and is held during a start
	process *process   // nil when stopped
}

// Start starts mongod on a data folder and returns when it is primary. The context bounds the start
// and not the server's life. Errors are ErrMissing if there is no mongod and ErrInUse if another one
// uses the folder; the messages are for the person at the terminal.
func Start(ctx context.Context, options Options) (*Server, error) {
	if options.Dir == "" {
		return nil, errors.New("start mongod: no data folder is set")
	}
	if options.Binary == "" {
		binary, err := Find()
		if err != nil {
			return nil, err
		}
		options.Binary = binary
	}
	dir, err := filepath.Abs(options.Dir)
	if err != nil {
		return nil, fmt.Errorf("start mongod: %w", err)
	}
	options.Dir = dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if options.Log == "" {
		options.Log = filepath.Join(dir, "mongod.log")
	}
	s := &Server{options: options, port: options.Port}
	if s.port == 0 {
		s.port = storedPort(dir)
	}
	if err := s.start(ctx, options.Port == 0); err != nil {
		return nil, fmt.Errorf("start mongod on %s: %w", dir, err)
	}
	return s, nil
}

// URI returns the connection string. Kill and Restart do not change it.
func (s *Server) URI() string {
	return "mongodb://" + address(s.port) + "/?replicaSet=" + setName
}

// PID returns the process id of mongod, 0 if it is stopped. It is for tests that send signals.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return 0
	}
	return s.process.cmd.Process.Pid
}

// Exited returns a channel that is closed when the current mongod ends, for whatever reason. If none
// runs, it is closed already.
func (s *Server) Exited() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		ended := make(chan struct{})
		close(ended)
		return ended
	}
	return s.process.done
}

// Close terminates mongod and waits for its end. A second call does nothing.
func (s *Server) Close() error { return s.stop((*process).terminate) }

// Kill kills mongod, as a crash would, and waits for its end.
func (s *Server) Kill() error { return s.stop((*process).kill) }

// Restart starts mongod again on its folder and port, after Close, Kill or a crash. If it still runs,
// Restart closes it first.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Close(); err != nil {
		return err
	}
	if err := s.start(ctx, false); err != nil {
		return fmt.Errorf("restart mongod on %s: %w", s.options.Dir, err)
	}
	return nil
}

// stop ends the process, if there is one, by calling end.
func (s *Server) stop(end func(*process) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil
	}
	if err := end(s.process); err != nil {
		return fmt.Errorf("stop mongod: %w", err)
	}
	s.process = nil
	return nil
}

// start launches mongod, and retries if the folder is in use or the port is taken. It replaces a taken
// port by a free one only with anyPort, since clients of a Restart use the old port.
func (s *Server) start(ctx context.Context, anyPort bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	began := time.Now()
	for {
		if s.port == 0 || anyPort && !isFree(ctx, s.port) {
			port, err := freePort(ctx)
			if err != nil {
				return err
			}
			s.port = port
		}
		started, err := s.launch(ctx)
		var exit *exitError
		switch {
		case err == nil:
			s.process = started
			return storePort(s.options.Dir, s.port)
		case errors.Is(err, ErrInUse) && time.Since(began) < lockTimeout:
		case errors.As(err, &exit) && exit.portTaken() && anyPort && time.Since(began) < startLimit/2:
		default:
			return err
		}
	}
}

// launch is one attempt of start. It kills a process that does not become primary.
func (s *Server) launch(ctx context.Context) (*process, error) {
	log, err := openLog(s.options.Log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the child has its own copy
	p, err := launch(ctx, s.options.Binary, s.arguments(), log)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, p); err != nil {
		select {
		case <-p.done: // it ended by itself: its log has a better reason than our broken connection
			err = p.explain(s.options, log)
		default:
			err = errors.Join(err, p.kill())
		}
		return nil, err
	}
	return p, nil
}

// arguments returns the arguments of mongod. mongod logs to its standard output, which is our log file,
// so that the log has the messages of the dynamic linker too.
func (s *Server) arguments() []string {
	arguments := []string{
		"--dbpath", s.options.Dir,
		"--replSet", setName,
		"--port", strconv.Itoa(s.port),
		"--bind_ip", "127.0.0.1",
		// A quarter of a gigabyte is mongod's minimum; the hub's data is far smaller.
		"--wiredTigerCacheSizeGB", "0.25",
		// In megabytes; the default is a share of the disk. Followers resume from the change log,
		// so the oplog needs to cover only minutes.
		"--oplogSize", "256",
		// Diagnostics cost a write per second on an idle machine, and no one would read them.
		"--setParameter", "diagnosticDataCollectionEnabled=false",
		// The transaction of a killed writer blocks others until this limit, by default a minute.
		// No request of ours runs for longer than 10 s.
		"--setParameter", "transactionLifetimeLimitSeconds=10",
		// There is no second member to wait for.
		"--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0",
	}
	return append(append(arguments, platformArguments()...), s.options.Args...)
}

// openLog opens the log for appending. It first renames a log above maxLog, replacing the last one.
func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, fmt.Errorf("rotate the log: %w", err)
		}
	}
	log, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log of mongod: %w", err)
	}
	return log, nil
}

// address returns an address of the loopback interface only, since the server has no passwords.
func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// portFile is a file in the data folder with the last port. The configuration of the replica set has
// the port of its member, so using the same port again avoids a forced reconfiguration. It also lets a
// person connect at the same address as last time.
const portFile = "patternhub.port"

// storedPort returns the last port of a data folder, 0 if there is none.
func storedPort(dir string) int {
	text, err := os.ReadFile(filepath.Join(dir, portFile))
	if err != nil {
		return 0
	}
	port, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || port < 1 || port > 65535 {
		return 0
	}
	return port
}

// storePort stores the port of a data folder. It is called only after a successful start.
func storePort(dir string, port int) error {
	text := []byte(strconv.Itoa(port) + "\n")
	if err := os.WriteFile(filepath.Join(dir, portFile), text, 0o600); err != nil {
		return fmt.Errorf("store the port: %w", err)
	}
	return nil
}

// isFree reports whether no process listens on a port now. If another process takes it before mongod
// does, start retries.
func isFree(ctx context.Context, port int) bool {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address(port))
	if err != nil {
		return false
	}
	return listener.Close() == nil
}

// freePort returns a free port. If another process takes it before mongod does, start retries.
func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address(0))
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	_, text, err := net.SplitHostPort(listener.Addr().String())
	if err = errors.Join(err, listener.Close()); err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	return port, nil
}
