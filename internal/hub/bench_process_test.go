package hub_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
	"patternhub/internal/linelog"
)

// asPeer is the variable that makes this test binary a server to compare with; it names the file
// with its task.
const asPeer = "PATTERNHUB_TEST_AS_PEER"

// task is the answer of a peer, and the commands, if any, that it sends first. If it has queries, it answers
// only these, with those headers.
type task struct {
	Answer        []byte
	Status        int         // 200 if 0
	Header        http.Header // beside those of JSON, which it may replace
	URI, Database string
	Commands      []bson.Raw
	Queries       []string
}

// usage is the resource usage of a process: CPU in seconds, allocations and commands.
type usage struct{ cpu, allocs, commands float64 }

// process is a server in a process of its own.
type process struct {
	url string
	// metrics is the URL that Prometheus would read.
	metrics string
	command *exec.Cmd
}

func (p *process) stop(b *testing.B) {
	b.Helper()
	if err := p.command.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	_ = p.command.Wait() // a peer's exit status does not matter
}

// use reads the usage of a process.
func (p *process) use(b *testing.B) usage {
	b.Helper()
	now := p.values(b)
	return usage{cpu: now["process_cpu_seconds_total"], allocs: now["go_memstats_mallocs_total"]}
}

// values reads the metrics of a process, by their names with their labels.
func (p *process) values(b *testing.B) map[string]float64 {
	b.Helper()
	response, err := http.Get(p.metrics)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	out := map[string]float64{}
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			out[name] = n
		}
	}
	return out
}

// anonymous returns the anonymous resident memory of a process in bytes: its memory without the
// pages of files, which the system can drop and read again. Only Linux reports it.
func anonymous(pid int) (int, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if n, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kib, err := strconv.Atoi(strings.Fields(n)[0])
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("process %d has no RssAnon", pid)
}

// spawn starts this binary as another program and reads the addresses that it prints.
func spawn(b *testing.B, variable, value string, heard map[string]*string, args ...string) *process {
	b.Helper()
	binary, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	command := exec.CommandContext(context.WithoutCancel(b.Context()), binary, args...)
	command.Env = append(os.Environ(), variable+"="+value)
	command.Dir = b.TempDir()
	return begin(b, command, heard)
}

// begin starts a server, waits until it is ready and reads the addresses that it prints.
func begin(b *testing.B, command *exec.Cmd, heard map[string]*string) *process {
	b.Helper()
	p := &process{command: command}
	out, err := p.command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		for prefix, at := range heard {
			if rest, ok := strings.CutPrefix(lines.Text(), prefix); ok {
				*at = strings.TrimSpace(rest)
			}
		}
		if strings.HasPrefix(lines.Text(), "Ready") {
			go io.Copy(io.Discard, out)
			return p
		}
	}
	b.Fatal("the program ended before it was ready")
	return nil
}

// program starts the hub and waits until it does nothing but answer.
func (m *bench) program(args ...string) *process {
	m.Helper()
	p := m.start(args...)
	m.quiet(p)
	return p
}

// start starts the hub and waits until it is ready.
func (m *bench) start(args ...string) *process {
	m.Helper()
	var address, admin string
	p := spawn(m.B, asProgram, "1", map[string]*string{"GraphQL:": &address, "Admin:": &admin},
		append([]string{
			"serve", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0",
			"--mongodb-uri", m.uri, "--mongodb-database", m.database,
		}, args...)...)
	p.url, p.metrics = address, strings.TrimSuffix(admin, "/metrics")+"/metrics"
	return p
}

// quiet waits until a program has filled its index and ended other work of its start: until it uses
// less than a tenth of a processor for a while.
func (m *bench) quiet(p *process) {
	m.Helper()
	const while, little = 300 * time.Millisecond, 0.03
	clock := time.NewTicker(while)
	defer clock.Stop()
	last, begun := p.use(m.B).cpu, time.Now()
	for range clock.C {
		now := p.use(m.B).cpu
		if now-last < little {
			return
		}
		if last = now; time.Since(begun) > waitLimit {
			m.Fatal("the program stays busy")
		}
	}
}

// peer starts a server to compare with.
func (m *bench) peer(t task) *process {
	m.Helper()
	raw, err := bson.Marshal(t)
	if err != nil {
		m.Fatal(err)
	}
	name := filepath.Join(m.TempDir(), "task")
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		m.Fatal(err)
	}
	var address string
	p := spawn(m.B, asPeer, name, map[string]*string{"Peer:": &address})
	p.url, p.metrics = address, address+"/metrics"
	return p
}

// servePeer is the main function of a peer.
func servePeer() error {
	raw, err := os.ReadFile(os.Getenv(asPeer))
	if err != nil {
		return err
	}
	var t task
	if err := bson.Unmarshal(raw, &t); err != nil {
		return err
	}
	var db *mongo.Database
	if len(t.Commands) > 0 {
		client, err := mongo.Connect(options.Client().ApplyURI(t.URI).SetMinPoolSize(8).SetMaxPoolSize(64).SetMaxConnecting(8))
		if err != nil {
			return err
		}
		db = client.Database(t.Database)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.Handler())
	if t.Queries != nil {
		mux.Handle("/graphql", t.minimal())
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if err := t.send(r.Context(), db); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if len(t.Answer) > 0 {
			w.Header().Set("Content-Length", strconv.Itoa(len(t.Answer)))
		}
		maps.Copy(w.Header(), t.Header)
		w.WriteHeader(cmp.Or(t.Status, http.StatusOK))
		_, _ = w.Write(t.Answer)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("Peer: http://%s\nReady\n", listener.Addr())
	return http.Serve(listener, mux)
}

// send sends the commands one after the other and does not look at their replies.
func (t *task) send(ctx context.Context, db *mongo.Database) error {
	for _, c := range t.Commands {
		if err := db.RunCommand(ctx, c).Err(); err != nil {
			return err
		}
	}
	return nil
}

// minimal returns a handler that does only what no server of such requests can leave out: it reads and parses
// the body within a limit, finds the query, writes the headers and the answer within a deadline, and logs.
func (t *task) minimal() http.Handler {
	answers := map[string][]byte{}
	for _, q := range t.Queries {
		answers[q] = t.Answer
	}
	lines := linelog.New(os.Stderr)
	log := slog.New(linelog.Handler(slog.NewTextHandler(lines, nil), lines))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		var asked struct{ Query string }
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err == nil {
			err = json.Unmarshal(body, &asked)
		}
		answer, known := answers[asked.Query]
		if err != nil || !known {
			http.Error(w, "This is not a known query.", http.StatusBadRequest)
			return
		}
		_ = http.NewResponseController(w).SetWriteDeadline(begun.Add(10 * time.Second))
		maps.Copy(w.Header(), t.Header)
		_, _ = w.Write(answer)
		log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", http.StatusOK), slog.Int("bytes", len(answer)), slog.Duration("duration", time.Since(begun)),
			slog.String("address", r.RemoteAddr), slog.Int("query", len(asked.Query)))
	})
}

// bench measures the servers with one size of content.
type bench struct {
	*testing.B

	uri, database, size string
	db                  *mongo.Database
	answers             map[string][]byte
	table               *table
}

// mongod reads the database's own usage.
func (m *bench) mongod() usage {
	m.Helper()
	var status struct {
		Extra struct {
			User   float64 `bson:"user_time_us"`
			System float64 `bson:"system_time_us"`
		} `bson:"extra_info"`
		Metrics struct {
			Commands struct {
				Find, Aggregate, GetMore struct{ Total float64 }
			}
		}
	}
	if err := m.db.RunCommand(m.Context(), bson.D{{Key: "serverStatus", Value: 1}}).Decode(&status); err != nil {
		m.Fatal(err)
	}
	c := status.Metrics.Commands
	return usage{cpu: (status.Extra.User + status.Extra.System) / 1e6, commands: c.Find.Total + c.Aggregate.Total + c.GetMore.Total}
}

// record returns the commands that the cold engine sends for each query, from the database's own
// profile.
func (m *bench) record() map[string][]bson.Raw {
	m.Helper()
	p := m.program("--response-cache", "off", "--entity-cache", "off")
	defer p.stop(m.B)
	out := map[string][]bson.Raw{}
	for _, q := range asked() {
		target := ofClients(p.url, q[1])[0]
		m.fetch(target)
		m.profile(2)
		m.fetch(target)
		m.profile(0)
		cur, err := m.db.Collection("system.profile").Find(m.Context(), bson.D{{Key: "appName", Value: "patternhub"}, {Key: "op", Value: bson.D{{Key: "$in", Value: bson.A{"query", "command"}}}}},
			options.Find().SetSort(bson.D{{Key: "ts", Value: 1}}))
		if err != nil {
			m.Fatal(err)
		}
		var rows []struct{ Command bson.D }
		if err := cur.All(m.Context(), &rows); err != nil {
			m.Fatal(err)
		}
		for _, r := range rows {
			if len(r.Command) > 0 && (r.Command[0].Key == "find" || r.Command[0].Key == "aggregate") {
				out[q[0]] = append(out[q[0]], m.bare(r.Command))
			}
		}
		if len(out[q[0]]) == 0 {
			m.Fatalf("%s: the profile has no commands", q[0])
		}
		if err := m.db.Collection("system.profile").Drop(m.Context()); err != nil {
			m.Fatal(err)
		}
	}
	return out
}

// bare removes from a command what the driver adds, and the moment at which it reads, since the database forgets
// that after five minutes.
func (m *bench) bare(c bson.D) bson.Raw {
	m.Helper()
	var out bson.D
	for _, f := range c {
		switch f.Key {
		case "lsid", "$db", "$clusterTime", "$readPreference", "maxTimeMS":
		case "readConcern":
			out = append(out, bson.E{Key: f.Key, Value: bson.D{{Key: "level", Value: "majority"}}})
		default:
			out = append(out, f)
		}
	}
	raw, err := bson.Marshal(out)
	if err != nil {
		m.Fatal(err)
	}
	return raw
}

func (m *bench) profile(level int) {
	m.Helper()
	if err := m.db.RunCommand(m.Context(), bson.D{{Key: "profile", Value: level}}).Err(); err != nil {
		m.Fatal(err)
	}
}

func (m *bench) connect() {
	m.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(m.uri))
	if err != nil {
		m.Fatal(err)
	}
	m.Cleanup(func() {
		if err := client.Disconnect(context.WithoutCancel(m.Context())); err != nil {
			m.Error(err)
		}
	})
	m.db = client.Database(m.database)
}

// seed lets the program fill the database.
func (m *bench) seed() { m.program().stop(m.B) }

// multiply copies the published patterns until there are n. The copies come last in the order by
// name, so that the first pages stay the same. With BENCH_TEXTS=off they have no long texts.
func (m *bench) multiply(n int) {
	m.Helper()
	patterns := m.db.Collection("patterns")
	cur, err := patterns.Find(m.Context(), bson.D{})
	if err != nil {
		m.Fatal(err)
	}
	var all []bson.M
	if err := cur.All(m.Context(), &all); err != nil {
		m.Fatal(err)
	}
	have := len(all)
	const batch = 1000 // documents of ten kilobytes: some megabytes a command
	var docs []any
	for i := have; i < n; i++ {
		doc := bson.M{}
		maps.Copy(doc, all[i%have])
		name := fmt.Sprintf("zz-%d", i)
		doc["_id"], doc["slug"], doc["name"], doc["folded"], doc["sortName"] = name, name, name, bson.M{"name": name}, content.SortKey(name)
		delete(doc, "formerSlugs")
		if os.Getenv("BENCH_TEXTS") == "off" {
			maps.DeleteFunc(doc, func(field string, _ any) bool { return slices.Contains(content.TypePattern.PageFields(), field) })
		}
		if docs = append(docs, doc); len(docs) == batch || i == n-1 {
			if _, err := patterns.InsertMany(m.Context(), docs); err != nil {
				m.Fatal(err)
			}
			docs = nil
		}
	}
}

// machine describes the machine that was measured.
func machine() string {
	name := runtime.GOARCH
	if raw, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, ok := strings.Cut(string(raw), "model name"); ok {
			model, _, _ := strings.Cut(rest, "\n")
			name = strings.Trim(model, "\t: ")
		}
	}
	return fmt.Sprintf("%s, %d processors, %s, %s", name, runtime.NumCPU(), runtime.GOOS, runtime.Version())
}
