// Package config is the one place that says what can be set: flags, environment names,
// defaults, help and docs/config.md all come from its struct. It decides nothing and opens
// nothing.
//
// A setting is a field with tags: name and env say how it is called, default and help what stands
// in the manual, enum what is allowed. A new one needs no more than that, and a line in check where
// kong cannot judge its value. Run
//
//	go test ./checks -update
//
// to have it in docs/config.md.
//
// What a value means is decided where it is used. Secrets are named without their value when they
// are refused.
package config

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// Config is everything that can be set. A flag wins over the environment, which wins over the
// default.
// Lists are given with commas. On-and-off settings are words and not flags, so that the environment
// and the command line can turn a default off as well as on.
type Config struct {
	Addr            string        `env:"ADDR" default:"127.0.0.1:8080" help:"Address of the public endpoint."`
	AdminAddr       string        `env:"ADMIN_ADDR" default:"127.0.0.1:9090" help:"Address of metrics, readiness and profiles; \"off\" for none. Never open it to the public."`
	MongoDBURI      string        `name:"mongodb-uri" env:"MONGODB_URI" help:"A replica set or mongos. Without it a private MongoDB is started." placeholder:"URI"`
	MongoDBDatabase string        `name:"mongodb-database" env:"MONGODB_DATABASE" default:"patternhub" help:"Name of the database."`
	DataDir         string        `env:"DATA_DIR" default:"data" help:"Folder of the private MongoDB." type:"path"`
	CORSOrigins     []string      `name:"cors-origins" env:"CORS_ORIGINS" help:"Browser origins allowed to read answers; every origin, without credentials, when empty in the public profile." placeholder:"ORIGIN"`
	CORSCredentials bool          `name:"cors-credentials" env:"CORS_CREDENTIALS" help:"Let those origins send cookies; refused together with the origin *."`
	TrustedProxies  []string      `env:"TRUSTED_PROXIES" help:"Networks whose X-Forwarded-For is believed, such as 10.0.0.0/8." placeholder:"NETWORK"`
	Profile         string        `env:"PROFILE" default:"public" enum:"public,locked" help:"public, or locked: no introspection, no playground (${enum})."`
	Playground      string        `env:"PLAYGROUND" default:"on" enum:"on,off" help:"The playground at /playground (${enum})."`
	Introspection   string        `env:"INTROSPECTION" default:"on" enum:"on,off" help:"Whether the schema can be asked for (${enum})."`
	Anonymous       string        `env:"ANONYMOUS" default:"on" enum:"on,off" help:"Whether the published graph can be read without a key (${enum})."`
	Engine          string        `env:"ENGINE" default:"on" enum:"on,off" help:"Whether queries run breadth first; off is the stock executor (${enum})."`
	EntityCache     string        `env:"ENTITY_CACHE" default:"64MB" help:"Memory for published entries, or off."`
	ResponseCache   string        `env:"RESPONSE_CACHE" default:"64MB" help:"Memory for ready answers, or off."`
	TrustedFile     string        `name:"trusted-documents" env:"TRUSTED_DOCUMENTS" help:"A manifest of trusted documents, as graphql-codegen writes it." type:"existingfile" placeholder:"FILE"`
	TrustedMode     string        `env:"TRUSTED_MODE" default:"off" enum:"off,log,enforce" help:"What happens to documents that are not in the manifest (${enum})."`
	WebhookPrivate  string        `name:"webhook-allow-private" env:"WEBHOOK_ALLOW_PRIVATE" default:"off" enum:"on,off" help:"Whether webhooks may go to private addresses; for tests (${enum})."`
	TokenSecrets    []string      `env:"TOKEN_SECRETS" help:"One or two secrets of at least 32 characters that sign tokens; the first signs, both are accepted. Without them one is made and kept in the database." placeholder:"SECRET"`
	ChangesKeep     time.Duration `env:"CHANGES_KEEP" default:"2160h" help:"How long changes and tombstones are kept."`
	LogFormat       string        `env:"LOG_FORMAT" default:"text" enum:"text,json" help:"Format of the log (${enum})."`
	LimitMode       string        `env:"LIMIT_MODE" default:"enforce" enum:"enforce,measure" help:"Whether documents over a limit are refused or only counted (${enum})."`
	Limits          Limits        `embed:"" prefix:"limit-" envprefix:"LIMIT_"`
}

// Limits are the bounds of requests that can be set.
// All must be above 0: there is no "none", since a public endpoint without a bound is a mistake.
type Limits struct {
	DocumentBytes int           `env:"DOCUMENT_BYTES" default:"15000" help:"Bytes of a document."`
	Tokens        int           `env:"TOKENS" default:"1000" help:"Tokens of a document."`
	Depth         int           `env:"DEPTH" default:"12" help:"Depth of a document."`
	Aliases       int           `env:"ALIASES" default:"30" help:"Aliases in a document."`
	RootFields    int           `env:"ROOT_FIELDS" default:"20" help:"Root fields of an operation."`
	Directives    int           `env:"DIRECTIVES" default:"20" help:"Directives in a document."`
	Fragments     int           `env:"FRAGMENTS" default:"50" help:"Fragments in a document."`
	Nodes         int64         `env:"NODES" default:"10000" help:"Entries that an answer can hold."`
	Cost          int64         `env:"COST" default:"10000" help:"Cost of one request."`
	Bucket        int64         `env:"BUCKET" default:"20000" help:"Cost that one client can spend at once."`
	Restore       int64         `env:"RESTORE" default:"1000" help:"Cost that comes back in a second."`
	BodyBytes     int64         `env:"BODY_BYTES" default:"1048576" help:"Bytes of a request's body."`
	Concurrent    int           `env:"CONCURRENT" default:"64" help:"Operations at the same time; more are answered 503."`
	Deadline      time.Duration `env:"DEADLINE" default:"10s" help:"Time for one request."`
	Sockets       int           `env:"SOCKETS" default:"10" help:"Sockets of one address."`
}

// CLI is the command line: the settings and the commands.
// Settings may stand before or behind the command.
type CLI struct {
	Config

	Serve       struct{}   `cmd:"" default:"1" help:"Serve the hub (the default)."`
	Seed        struct{}   `cmd:"" help:"Load the hub's own content; a second time writes nothing."`
	Import      ImportArgs `cmd:"" help:"Import a tree of Markdown files, or NDJSON."`
	Export      ExportArgs `cmd:"" help:"Export the content as a tree of Markdown files."`
	Keys        Keys       `cmd:"" help:"Make, list and revoke API keys."`
	Log         LogArgs    `cmd:"" help:"Show who has changed what."`
	Schema      struct{}   `cmd:"" help:"Print the GraphQL schema."`
	FetchMongod struct{}   `cmd:"" help:"Fetch the private MongoDB into the user's cache."`
	Healthcheck struct{}   `cmd:"" help:"Ask the running hub whether it is ready; exit 1 if not."`
	Version     struct{}   `cmd:"" help:"Print the version."`
}

// ImportArgs are the arguments of import.
type ImportArgs struct {
	Dir     string `arg:"" help:"The folder, or an NDJSON file." type:"path"`
	DryRun  bool   `help:"Tell what would be done and write nothing."`
	Publish bool   `help:"Publish what was imported."`
	// Overwrite lets files win over edits made in the hub since they were imported.
	Overwrite bool `help:"Let files win over edits made in the hub since the last import."`
}

// ExportArgs are the arguments of export.
type ExportArgs struct {
	Dir    string `arg:"" help:"The folder to write to, or the NDJSON file." type:"path"`
	Drafts bool   `help:"Export working copies instead of published ones."`
	NDJSON bool   `name:"ndjson" help:"Write one NDJSON file instead of a tree."`
}

// LogArgs are the arguments of log.
type LogArgs struct {
	Last int    `default:"50" help:"How many changes to show, the newest last."`
	Type string `help:"Only entries of this type, such as PATTERN."`
	By   string `help:"Only what this key, given by its id, or this program has changed."`
}

// Keys are the commands about API keys.
type Keys struct {
	Create struct {
		Role    string        `required:"" enum:"reader,previewer,author,publisher,admin" help:"What the key may do (${enum})."`
		Name    string        `default:"key" help:"What it is for."`
		Expires time.Duration `help:"When it ends, from now; never when absent."`
	} `cmd:"" help:"Make a key and show it once."`
	List   struct{} `cmd:"" help:"List the keys."`
	Revoke struct {
		ID string `arg:"" help:"The key's id."`
	} `cmd:"" help:"Revoke a key at once."`
}

// ErrHelp is returned by Parse when help was asked for and written.
var ErrHelp = errors.New("help was shown")

// Parse reads the command line and the environment and checks them. It returns the command's
// name with spaces, such as "keys create". A wrong value is told by name, with what is allowed.
// getenv is handed in, so that nothing here depends on the process. out gets help; errors are
// returned and not printed. A value in the environment that is empty counts as absent.
func Parse(args []string, getenv func(string) string, out io.Writer) (*CLI, string, error) {
	var cli CLI
	exited := false
	parser, err := kong.New(&cli, kong.Name("patternhub"),
		kong.Description("The Excellence Patterns Hub: distributed-systems patterns as a GraphQL service on MongoDB."),
		kong.Writers(out, out), kong.Exit(func(int) { exited = true }), kong.Resolvers(environment(getenv)))
	if err != nil {
		return nil, "", fmt.Errorf("build command line: %w", err)
	}
	ctx, err := parser.Parse(args)
	if exited {
		return nil, "", ErrHelp
	}
	if err != nil {
		return nil, "", fmt.Errorf("%w (patternhub --help lists what is allowed)", err)
	}
	if err := cli.check(); err != nil {
		return nil, "", err
	}
	command, _, _ := strings.Cut(ctx.Command(), " <")
	return &cli, command, nil
}

// environment reads settings from the environment that is handed in.
func environment(getenv func(string) string) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		for _, name := range flag.Envs {
			if v := getenv(name); v != "" {
				return v, nil
			}
		}
		return nil, nil
	})
}

// check refuses values that kong cannot judge.
// The first fault found is told, with the environment's name of the setting. Values of secrets and
// addresses with passwords are left out of messages.
func (c *Config) check() error {
	refuse := func(name, value, allowed string) error {
		return fmt.Errorf("%s is %q: it must be %s", name, value, allowed)
	}
	if !address(c.Addr) {
		return refuse("ADDR", c.Addr, "host:port, such as 127.0.0.1:8080")
	}
	if !address(c.AdminAddr) && c.AdminAddr != "off" {
		return refuse("ADMIN_ADDR", c.AdminAddr, "host:port, such as 127.0.0.1:9090, or off")
	}
	if c.MongoDBURI != "" && !strings.HasPrefix(c.MongoDBURI, "mongodb://") && !strings.HasPrefix(c.MongoDBURI, "mongodb+srv://") {
		return refuse("MONGODB_URI", "...", "an address that starts with mongodb:// or mongodb+srv://")
	}
	for _, o := range c.CORSOrigins {
		if u, err := url.Parse(o); o != "*" && (err != nil || u.Scheme == "" || u.Host == "" || o != u.Scheme+"://"+u.Host) {
			return refuse("CORS_ORIGINS", o, "an origin such as https://example.org, or *")
		}
		if o == "*" && c.CORSCredentials {
			return refuse("CORS_ORIGINS", o, "named origins when CORS_CREDENTIALS is on")
		}
	}
	if _, err := c.Proxies(); err != nil {
		return refuse("TRUSTED_PROXIES", strings.Join(c.TrustedProxies, ","), "networks such as 10.0.0.0/8")
	}
	for name, v := range map[string]string{"ENTITY_CACHE": c.EntityCache, "RESPONSE_CACHE": c.ResponseCache} {
		if _, err := Bytes(v); err != nil {
			return refuse(name, v, "a size such as 64MB, or off")
		}
	}
	if c.TrustedMode == "enforce" && c.TrustedFile == "" {
		return refuse("TRUSTED_MODE", c.TrustedMode, "off or log where TRUSTED_DOCUMENTS names no manifest")
	}
	if len(c.TokenSecrets) > 2 {
		return refuse("TOKEN_SECRETS", "...", "one secret or two")
	}
	for _, s := range c.TokenSecrets {
		if len(s) < 32 {
			return refuse("TOKEN_SECRETS", "...", "of at least 32 characters each")
		}
	}
	if c.ChangesKeep < time.Hour {
		return refuse("CHANGES_KEEP", c.ChangesKeep.String(), "an hour or more")
	}
	return c.Limits.check()
}

// check refuses limits that would let nothing through.
func (l *Limits) check() error {
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"DOCUMENT_BYTES", int64(l.DocumentBytes)},
		{"TOKENS", int64(l.Tokens)},
		{"DEPTH", int64(l.Depth)},
		{"ALIASES", int64(l.Aliases)},
		{"ROOT_FIELDS", int64(l.RootFields)},
		{"DIRECTIVES", int64(l.Directives)},
		{"FRAGMENTS", int64(l.Fragments)},
		{"NODES", l.Nodes},
		{"COST", l.Cost},
		{"BUCKET", l.Bucket},
		{"RESTORE", l.Restore},
		{"BODY_BYTES", l.BodyBytes},
		{"CONCURRENT", int64(l.Concurrent)},
		{"DEADLINE", int64(l.Deadline)},
		{"SOCKETS", int64(l.Sockets)},
	} {
		if f.value < 1 {
			return fmt.Errorf("LIMIT_%s is %d: it must be above 0", f.name, f.value)
		}
	}
	return nil
}

// address tells whether one can listen at a text: a host, which may be empty, and the number
// of a port.
// Names are not looked up here: a host that is unknown now may be known when it is needed.
func address(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// Proxies gives the networks whose forwarded addresses are believed.
// A plain address is a network of one.
func (c *Config) Proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range c.TrustedProxies {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			addr, aerr := netip.ParseAddr(s)
			if aerr != nil {
				return nil, fmt.Errorf("read network %q: %w", s, err)
			}
			p = netip.PrefixFrom(addr, addr.BitLen())
		}
		out = append(out, p)
	}
	return out, nil
}

// maxBytes bounds a size, so that it can be counted: a petabyte is more than any machine has.
const maxBytes = 1 << 50

// Bytes reads a size: a number with B, KB, MB or GB (powers of 1024), or off, which is 0.
// Letters may be small, and a blank may stand before the unit. A number alone is in bytes.
func Bytes(s string) (int64, error) {
	if s == "off" {
		return 0, nil
	}
	number, factor := s, int64(1)
	for _, u := range []struct {
		name   string
		factor int64
	}{{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {"B", 1}} {
		if cut, ok := strings.CutSuffix(strings.ToUpper(s), u.name); ok {
			number, factor = strings.TrimSpace(cut), u.factor
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > maxBytes/factor {
		return 0, fmt.Errorf("read size %q: a size is a number with KB, MB or GB, or off", s)
	}
	return n * factor, nil
}
