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
	// startLimit is for the worst case, a recovery from the journal on a slow disk; a start
	// takes about half a second.
	startLimit = time.Minute
	// stopLimit bounds an orderly end. A mongod that needs longer is killed: its journal holds
	// every acknowledged write.
	stopLimit = 10 * time.Second
	// lockPatience is how long a folder in use is tried again: the mongod of a service that was
	// just killed needs a moment to go.
	lockPatience = 2 * time.Second
	// poll is short against a start and costs nothing beside it.
	poll = 10 * time.Millisecond
	// maxLog is where a log file is put aside at the next start.
	maxLog = 16 << 20
)

// Options say how a Server is started. Dir alone is needed.
type Options struct {
	Dir    string   // data folder, made if it does not exist; one server at a time
	Log    string   // log file, appended to; default is mongod.log in Dir
	Binary string   // path of mongod; default is what Find gives
	Port   int      // on the loopback address; default is the folder's last one, else any free one
	Args   []string // further arguments for mongod, after ours
}

// Server is a running mongod, a replica set of one. It ends with Close, or with the process that
// started it: on Linux also when that is killed, elsewhere only by Close. Its methods may be
// called from several goroutines.
type Server struct {
	options Options
	port    int

	mu      sync.Mutex
	process *process // nil when stopped
}

// Start starts mongod on a data folder and returns when it is primary. The context bounds the
// start and not the server's life. Errors are ErrMissing where there is no mongod and ErrInUse
// where another one holds the folder; both texts are for the person at the terminal.
func Start(ctx context.Context, options Options) (*Server, error) {
	if options.Dir == "" {
		return nil, errors.New("start mongod: no data folder is named")
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
		s.port = rememberedPort(dir)
	}
	if err := s.start(ctx, options.Port == 0); err != nil {
		return nil, fmt.Errorf("start mongod on %s: %w", dir, err)
	}
	return s, nil
}

// URI is the connection string. It stays the same over Kill and Restart.
func (s *Server) URI() string {
	return "mongodb://" + address(s.port) + "/?replicaSet=" + setName
}

// PID is the process id of mongod, 0 when it is stopped: for tests that send it signals.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return 0
	}
	return s.process.cmd.Process.Pid
}

// Exited is closed when the mongod that runs now ends, for whatever reason. It is closed already
// when none runs.
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

// Close ends mongod in order and waits for it. Closing twice is no error.
func (s *Server) Close() error { return s.stop((*process).terminate) }

// Kill ends mongod at once, as a crash would, and waits until it is gone.
func (s *Server) Kill() error { return s.stop((*process).kill) }

// Restart starts mongod again on its folder and port, after Close, Kill or a crash. One that
// still runs is closed first.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Close(); err != nil {
		return err
	}
	if err := s.start(ctx, false); err != nil {
		return fmt.Errorf("restart mongod on %s: %w", s.options.Dir, err)
	}
	return nil
}

// stop ends the process, if there is one, in the way that is handed in.
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

// start launches mongod until it runs or fails for a reason that another try does not mend. A
// taken port is left for a free one only if anyPort, because clients know the port of a Restart.
func (s *Server) start(ctx context.Context, anyPort bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	begun := time.Now()
	for {
		if s.port == 0 || anyPort && !free(ctx, s.port) {
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
			return rememberPort(s.options.Dir, s.port)
		case errors.Is(err, ErrInUse) && time.Since(begun) < lockPatience:
		case errors.As(err, &exit) && exit.portTaken() && anyPort && time.Since(begun) < startLimit/2:
		default:
			return err
		}
	}
}

// launch is one attempt. A process that does not become primary is killed again.
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
		case <-p.done: // it ended by itself: its log tells why, better than our broken connection
			err = p.explain(s.options, log)
		default:
			err = errors.Join(err, p.kill())
		}
		return nil, err
	}
	return p, nil
}

// arguments of mongod. It logs to its standard output, which is our log file, so that what the
// dynamic linker says stands there too.
func (s *Server) arguments() []string {
	arguments := []string{
		"--dbpath", s.options.Dir,
		"--replSet", setName,
		"--port", strconv.Itoa(s.port),
		"--bind_ip", "127.0.0.1",
		// A quarter of a gigabyte is the least that mongod takes; the hub's data is far smaller.
		"--wiredTigerCacheSizeGB", "0.25",
		// Megabytes; the default is a share of the whole disk. Followers resume by the change
		// log, so the oplog needs to hold minutes, not days.
		"--oplogSize", "256",
		// Diagnostics cost a write a second on an idle machine, and nobody would read them.
		"--setParameter", "diagnosticDataCollectionEnabled=false",
		// A writer that was killed leaves its transaction behind, and others wait for it to end by
		// itself: after a minute by default. No request of ours runs for longer than this.
		"--setParameter", "transactionLifetimeLimitSeconds=10",
		// There is no second member to wait for.
		"--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0",
	}
	return append(append(arguments, platformArguments()...), s.options.Args...)
}

// openLog opens the log for appending. A long one is put aside first, over the one before.
func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, fmt.Errorf("put the log aside: %w", err)
		}
	}
	log, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log of mongod: %w", err)
	}
	return log, nil
}

// address is always that of the loopback interface: the server has no users and no passwords.
func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// portFile stands in the data folder. The replica set's configuration knows its member by host
// and port, so keeping the port spares a forced reconfiguration, and lets a person connect at
// the same address as last time.
const portFile = "patternhub.port"

// rememberedPort is 0 where there is none: any port will do then.
func rememberedPort(dir string) int {
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

// rememberPort is called after a start that went well, so the file never names a port that did not
// work.
func rememberPort(dir string, port int) error {
	text := []byte(strconv.Itoa(port) + "\n")
	if err := os.WriteFile(filepath.Join(dir, portFile), text, 0o600); err != nil {
		return fmt.Errorf("remember the port: %w", err)
	}
	return nil
}

// free tells whether nobody listens at a port now. It may be taken a moment later; start tries
// again then.
func free(ctx context.Context, port int) bool {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address(port))
	if err != nil {
		return false
	}
	return listener.Close() == nil
}

// freePort asks the system for one. Another process may take it before mongod does: start tries
// again then.
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
