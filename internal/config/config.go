// Package config declares all settings in one struct: flags, environment names, defaults, help and
// docs/config.md come from it. It makes no decisions and opens nothing.
//
// A setting is a field with tags: name and env are its names, default and help appear in the
// manual, and enum lists the allowed values. A new setting needs only such a field, and a line in
// check if its tags cannot describe what is allowed. To update docs/config.md, run
//
//	go test ./internal/checks -update
//
// The code that uses a value decides what it means. Messages about a rejected secret contain its
// name but not its value.
package config

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Config is all settings. A flag wins over the environment, which wins over the default.
// Lists are separated by commas. On-and-off settings are words rather than boolean flags, so that
// the environment and the command line can turn a default off as well as on.
type Config struct {
	Addr                string        `env:"ADDR" default:"127.0.0.1:8080" help:"Address of the public endpoint."`
	AdminAddr           string        `env:"ADMIN_ADDR" default:"127.0.0.1:9090" help:"Address of metrics, readiness and profiles; \"off\" for none. Never open it to the public."`
	MongoDBURI          string        `name:"mongodb-uri" env:"MONGODB_URI" help:"A replica set or mongos. Without it a private MongoDB is started." placeholder:"URI"`
	MongoDBDatabase     string        `name:"mongodb-database" env:"MONGODB_DATABASE" default:"patternhub" help:"Name of the database."`
	DataDir             string        `env:"DATA_DIR" default:"data" help:"Folder of the private MongoDB, and of search unless SEARCH_DIR names another." type:"path"`
	SearchDir           string        `env:"SEARCH_DIR" help:"Folder of the search indexes, DATA_DIR/search when empty; off keeps them in memory and fills them at every start." type:"path" or:"off" placeholder:"DIR"`
	SearchURL           string        `name:"search-url" env:"SEARCH_URL" help:"An OpenSearch server with search indexes that all replicas share, such as https://user:password@search.example.org:9200; without it each replica has its own." placeholder:"URL"`
	CORSOrigins         []string      `name:"cors-origins" env:"CORS_ORIGINS" help:"Browser origins allowed to read answers; every origin, without credentials, when empty in the public profile." placeholder:"ORIGIN"`
	CORSCredentials     bool          `name:"cors-credentials" env:"CORS_CREDENTIALS" help:"Let those origins send cookies; refused together with the origin *."`
	CORSHeaders         []string      `name:"cors-headers" env:"CORS_HEADERS" help:"Request headers that those origins may send, in addition to those of common clients. In the public profile without CORS_CREDENTIALS they may send any." placeholder:"HEADER"`
	CORSExposed         []string      `name:"cors-exposed-headers" env:"CORS_EXPOSED_HEADERS" help:"Headers of answers that those origins may read, in addition to the hub's own. In the public profile without CORS_CREDENTIALS they may read any." placeholder:"HEADER"`
	TrustedProxies      []string      `env:"TRUSTED_PROXIES" help:"Networks whose X-Forwarded-For is trusted, or Forwarded if that is absent, such as 10.0.0.0/8." placeholder:"NETWORK"`
	Profile             string        `env:"PROFILE" default:"public" enum:"public,locked" help:"public, or locked: no introspection, no playground (${enum})."`
	Playground          string        `env:"PLAYGROUND" default:"on" enum:"on,off" help:"The playground at /playground (${enum})."`
	Site                string        `env:"SITE" default:"on" enum:"on,off" help:"The site for readers at /; off serves the API alone (${enum})."`
	SiteURL             string        `name:"site-url" env:"SITE_URL" help:"Address of the site, such as https://hub.example. Without it pages contain no absolute address." placeholder:"URL"`
	SiteTitle           string        `env:"SITE_TITLE" default:"Excellence Patterns Hub" help:"Title of the site."`
	SiteContact         string        `env:"SITE_CONTACT" help:"Where to report weaknesses of the site, for its security.txt, such as mailto:security@hub.example." placeholder:"URI"`
	SiteAssets          string        `env:"SITE_ASSETS" help:"Folder with files of your own for the site: logo.svg or logo.png, and extra.css." type:"path"`
	SignInProviders     string        `env:"SIGN_IN_PROVIDERS" help:"File with the OpenID providers of people's accounts, as docs/accounts.md describes it." type:"path" placeholder:"FILE"`
	MCP                 string        `name:"mcp" env:"MCP" default:"on" enum:"on,off" help:"Whether assistants can use the hub at /mcp, over the Model Context Protocol (${enum})."`
	Introspection       string        `env:"INTROSPECTION" default:"on" enum:"on,off" help:"Whether the schema can be asked for (${enum})."`
	Anonymous           string        `env:"ANONYMOUS" default:"on" enum:"on,off" help:"Whether the published graph can be read without a key (${enum})."`
	Engine              string        `env:"ENGINE" default:"on" enum:"on,off" help:"Whether queries run breadth first; off uses the standard executor (${enum})."`
	EntityCache         string        `env:"ENTITY_CACHE" default:"64MB" help:"Memory for published entries, or off."`
	ResponseCache       string        `env:"RESPONSE_CACHE" default:"64MB" help:"Memory for complete answers, or off."`
	ImportFile          string        `env:"IMPORT_FILE" default:"10MB" help:"Largest file, such as a picture, that an import takes besides Markdown."`
	ImportFiles         string        `env:"IMPORT_FILES" default:"1GB" help:"Most that all these files of one import may have together."`
	TrustedFiles        []string      `name:"trusted-documents" env:"TRUSTED_DOCUMENTS" help:"Manifests of trusted documents, as graphql-codegen, Relay and Apollo write them; read again on SIGHUP." type:"path" placeholder:"FILE"`
	TrustedMode         string        `env:"TRUSTED_MODE" default:"off" enum:"off,log,enforce" help:"What happens to documents that are not in the manifest (${enum})."`
	WebhookAllowPrivate string        `name:"webhook-allow-private" env:"WEBHOOK_ALLOW_PRIVATE" default:"off" enum:"on,off" help:"Whether webhooks may go to private addresses; for tests (${enum})."`
	TokenSecrets        []string      `env:"TOKEN_SECRETS" help:"One or two secrets of at least 32 characters that sign tokens; the first signs, both are accepted. Without them one is generated and stored in the database." placeholder:"SECRET"`
	ChangesKeep         time.Duration `env:"CHANGES_KEEP" default:"2160h" help:"How long the database retains changes and tombstones."`
	LogFormat           string        `env:"LOG_FORMAT" default:"text" enum:"text,json" help:"Format of the log (${enum})."`
	LimitMode           string        `env:"LIMIT_MODE" default:"enforce" enum:"enforce,measure" help:"Whether documents over a limit are refused or only counted (${enum})."`
	Limits              Limits        `prefix:"limit-" envprefix:"LIMIT_"`
}

// Limits are the configurable bounds of requests.
// All must be above 0. There is no "none", since a public endpoint without a bound is a mistake.
type Limits struct {
	DocumentBytes int           `env:"DOCUMENT_BYTES" default:"32000" help:"Bytes of a document."`
	Tokens        int           `env:"TOKENS" default:"2000" help:"Tokens of a document."`
	Depth         int           `env:"DEPTH" default:"12" help:"Depth of a document."`
	Aliases       int           `env:"ALIASES" default:"30" help:"Aliases in a document."`
	RootFields    int           `env:"ROOT_FIELDS" default:"20" help:"Root fields of an operation."`
	Directives    int           `env:"DIRECTIVES" default:"20" help:"Directives in a document."`
	Fragments     int           `env:"FRAGMENTS" default:"50" help:"Fragments in a document."`
	Nodes         int64         `env:"NODES" default:"10000" help:"Entries that an answer can contain."`
	Cost          int64         `env:"COST" default:"10000" help:"Cost of one request."`
	Bucket        int64         `env:"BUCKET" default:"20000" help:"Cost that one client can spend in one burst."`
	Restore       int64         `env:"RESTORE" default:"1000" help:"Cost that comes back in a second."`
	Batch         int           `env:"BATCH" default:"10" help:"Requests in one batch; 1 serves no batches."`
	BodyBytes     int64         `env:"BODY_BYTES" default:"1048576" help:"Bytes of a request's body."`
	Concurrent    int           `env:"CONCURRENT" default:"64" help:"Operations at the same time, of which a quarter may be mutations; more are answered 503."`
	Deadline      time.Duration `env:"DEADLINE" default:"10s" help:"Time for one request."`
	Sockets       int           `env:"SOCKETS" default:"10" help:"Sockets of one address."`
}

// CLI is the command line: the settings, which may come before or after the command, and the
// arguments of the commands.
type CLI struct {
	Config

	Import ImportArgs
	Export ExportArgs
	Copy   CopyArgs
	Log    LogArgs
	Keys   KeysArgs
	Users  UsersArgs
	Assist AssistArgs
}

// ImportArgs are the arguments of import.
type ImportArgs struct {
	Dir     string `arg:"" help:"The folder, or an NDJSON file." type:"path"`
	DryRun  bool   `help:"Show what would be done and write nothing."`
	Publish bool   `help:"Publish what was imported."`
	// Overwrite makes files win over edits made in the hub since they were imported.
	Overwrite bool `help:"Let files win over edits made in the hub since the last import."`
	// Pages is for trees whose folders happen to have the names of entry types.
	Pages bool   `help:"Import every file as a page, whatever its folder is called."`
	Under string `help:"Import the tree as if it were below this folder."`
	// Prune deletes; the revisions of a deleted entry stay.
	Prune bool `help:"Delete the entries whose files are gone since the last import of this folder."`
	Force bool `help:"Prune also when most of the files are gone."`
}

// ExportArgs are the arguments of export.
type ExportArgs struct {
	Dir    string `arg:"" help:"The folder to write to, or the NDJSON file." type:"path"`
	Drafts bool   `help:"Export working copies instead of published ones."`
	NDJSON bool   `name:"ndjson" help:"Write one NDJSON file instead of a tree."`
}

// CopyArgs are the arguments of site.
type CopyArgs struct {
	Dir  string `arg:"" help:"The folder to write to. Files in it that are not of the site stay." type:"path"`
	Base string `help:"The path that the site stands below on its host, such as /docs/." default:"/"`
}

// AssistArgs are the arguments of mcp.
type AssistArgs struct {
	URL string `name:"url" help:"Address of the hub, such as https://hub.example; $HUB_URL or http://127.0.0.1:8080 when absent."`
}

// LogArgs are the arguments of log.
type LogArgs struct {
	Last int    `default:"50" help:"How many changes to show, the newest last; all for 0."`
	Type string `help:"Only entries of this type, such as PATTERN."`
	By   string `help:"Only changes by the person or the key with this id, or by this program."`
	JSON bool   `help:"Write one JSON object in a line for each change."`
}

// KeysArgs are the arguments of the commands for API keys.
type KeysArgs struct {
	Create struct {
		Role    string        `required:"" enum:"reader,previewer,author,publisher,admin" help:"What the key may do (${enum})."`
		Name    string        `default:"key" help:"What it is for."`
		Expires time.Duration `help:"When it ends, from now; never when absent."`
		Person  string        `help:"The id of the person that it belongs to: it acts for the person, has at most the same role, and ends with the account."`
	}
	Revoke struct {
		ID string `arg:"" help:"The key's id."`
	}
}

// UsersArgs are the arguments of the commands for people with accounts.
type UsersArgs struct {
	Invite struct {
		Name    string        `arg:"" help:"The person's name."`
		Role    string        `required:"" enum:"reader,previewer,author,publisher,admin" help:"What the person may do (${enum})."`
		Mail    string        `help:"A mail address, for people to see."`
		Expires time.Duration `default:"15m" help:"How long the sign-in link is valid, at most 168h."`
	}
	List struct {
		Removed bool `help:"List those who were removed too."`
	}
	Link struct {
		ID      string        `arg:"" help:"The person's id."`
		Expires time.Duration `default:"15m" help:"How long the sign-in link is valid, at most 168h."`
	}
	Revoke struct {
		ID string `arg:"" help:"The person's id."`
	}
}

// ErrHelp is returned by Parse after it has written the help that was asked for.
var ErrHelp = errors.New("help was shown")

// Parse reads and checks the command line and the environment. It returns the command's name with
// spaces, such as "keys create". An error names the setting and what it allows.
// Parse does not depend on the process: it reads the environment through getenv, writes help to
// out, and returns errors without printing them. An empty value in the environment counts as
// absent.
func Parse(args []string, getenv func(string) string, out io.Writer) (*CLI, string, error) {
	var cli CLI
	p, err := newParser(&cli, out)
	if err != nil {
		return nil, "", fmt.Errorf("build command line: %w", err)
	}
	switch err := p.parse(args, getenv); {
	case err != nil:
		return nil, "", fmt.Errorf("%w (patternhub --help lists what is allowed)", err)
	case p.command == "":
		return nil, "", ErrHelp
	}
	if err := cli.check(); err != nil {
		return nil, "", err
	}
	return &cli, p.command, nil
}

// headerName is a token of RFC 9110; "*" is one as well.
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// check rejects values that a tag cannot describe.
// It returns the first fault found, with the environment name of the setting. Messages leave out
// secrets, and addresses with passwords.
func (c *Config) check() error {
	if !address(c.Addr) {
		return refuse("ADDR", c.Addr, "host:port, such as 127.0.0.1:8080")
	}
	if !address(c.AdminAddr) && c.AdminAddr != "off" {
		return refuse("ADMIN_ADDR", c.AdminAddr, "host:port, such as 127.0.0.1:9090, or off")
	}
	if c.MongoDBURI != "" && !strings.HasPrefix(c.MongoDBURI, "mongodb://") && !strings.HasPrefix(c.MongoDBURI, "mongodb+srv://") {
		return refuse("MONGODB_URI", "...", "an address that starts with mongodb:// or mongodb+srv://")
	}
	if u, err := url.Parse(c.SearchURL); c.SearchURL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return refuse("SEARCH_URL", "...", "an address that starts with http:// or https://")
	}
	if err := c.checkCORS(); err != nil {
		return err
	}
	if _, err := c.Proxies(); err != nil {
		return refuse("TRUSTED_PROXIES", strings.Join(c.TrustedProxies, ","), "networks such as 10.0.0.0/8")
	}
	for name, v := range map[string]string{"ENTITY_CACHE": c.EntityCache, "RESPONSE_CACHE": c.ResponseCache} {
		if _, err := Bytes(v); err != nil {
			return refuse(name, v, "a size such as 64MB, or off")
		}
	}
	for name, v := range map[string]string{"IMPORT_FILE": c.ImportFile, "IMPORT_FILES": c.ImportFiles} {
		if n, err := Bytes(v); err != nil || n == 0 {
			return refuse(name, v, "a size such as 10MB")
		}
	}
	for _, name := range c.TrustedFiles {
		if info, err := os.Stat(name); err != nil || info.IsDir() {
			return refuse("TRUSTED_DOCUMENTS", name, "a file that exists, or several with commas")
		}
	}
	if err := c.checkSite(); err != nil {
		return err
	}
	if c.TrustedMode == "enforce" && len(c.TrustedFiles) == 0 {
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

// checkCORS rejects origins and names of headers that browsers could not match.
func (c *Config) checkCORS() error {
	for _, o := range c.CORSOrigins {
		if u, err := url.Parse(o); o != "*" && (err != nil || u.Scheme == "" || u.Host == "" || o != u.Scheme+"://"+u.Host) {
			return refuse("CORS_ORIGINS", o, "an origin such as https://example.org, or *")
		}
		if o == "*" && c.CORSCredentials {
			return refuse("CORS_ORIGINS", o, "named origins when CORS_CREDENTIALS is on")
		}
	}
	for name, headers := range map[string][]string{"CORS_HEADERS": c.CORSHeaders, "CORS_EXPOSED_HEADERS": c.CORSExposed} {
		for _, h := range headers {
			if !headerName.MatchString(h) {
				return refuse(name, h, "names of headers with commas, such as X-Tenant,X-Trace")
			}
		}
	}
	return nil
}

// refuse returns the error of a wrong value.
func refuse(name, value, allowed string) error {
	return fmt.Errorf("invalid %s %q: it must be %s", name, value, allowed)
}

// checkSite rejects values of the site's settings.
func (c *Config) checkSite() error {
	if u, err := url.Parse(c.SiteURL); c.SiteURL != "" && (err != nil || u.Host == "" || c.SiteURL != u.Scheme+"://"+u.Host || (u.Scheme != "http" && u.Scheme != "https")) {
		return refuse("SITE_URL", c.SiteURL, "an address without a path, such as https://hub.example")
	}
	if u, err := url.Parse(c.SiteContact); c.SiteContact != "" && (err != nil || (u.Scheme != "mailto" && u.Scheme != "https") || strings.ContainsAny(c.SiteContact, "\r\n")) {
		return refuse("SITE_CONTACT", c.SiteContact, "an address such as mailto:security@hub.example or https://hub.example/security")
	}
	if info, err := os.Stat(c.SignInProviders); c.SignInProviders != "" && (err != nil || info.IsDir()) {
		return refuse("SIGN_IN_PROVIDERS", c.SignInProviders, "a file that exists")
	}
	if info, err := os.Stat(c.SiteAssets); c.SiteAssets != "" && (err != nil || !info.IsDir()) {
		return refuse("SITE_ASSETS", c.SiteAssets, "a folder that exists")
	}
	return nil
}

// DefaultLimits returns the limits that apply when nothing is set. The tags of Limits define them.
func DefaultLimits() Limits {
	var l Limits
	if _, err := settings(reflect.ValueOf(&l).Elem(), "", ""); err != nil {
		panic(fmt.Sprintf("config: a default of Limits is not of its field's type: %v", err)) // a test reads them all
	}
	return l
}

// check rejects limits that would let nothing through.
func (l *Limits) check() error {
	v := reflect.ValueOf(l).Elem()
	for i := range v.NumField() {
		if n := v.Field(i).Int(); n < 1 {
			return fmt.Errorf("LIMIT_%s is %d: it must be above 0", v.Type().Field(i).Tag.Get("env"), n)
		}
	}
	return nil
}

// address reports whether a string is a host, which may be empty, and the number of a port.
// Names are not looked up: a host that is unknown now may be known when it is needed.
func address(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// Proxies returns the networks whose forwarded addresses are trusted.
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

// maxBytes bounds a size so that it fits an int64: a petabyte is more than any machine has.
const maxBytes = 1 << 50

// Bytes parses a size: a number with B, KB, MB or GB (powers of 1024), or off, which is 0.
// The unit may be in lower case and follow a space. A number alone is in bytes.
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
