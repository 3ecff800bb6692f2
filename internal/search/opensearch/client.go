// Package opensearch is a small client of OpenSearch over HTTP: what package search needs of it, and nothing
// about what is searched. It keeps requests and answers within bounds, and neither its errors nor
// its results have the address or the credentials of the server.
package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 64 << 20
	// attemptLimit bounds one request.
	attemptLimit = 30 * time.Second
	// MaxBulk bounds the bytes of a bulk request; servers refuse more than 100 MB, and slow down before.
	MaxBulk = 4 << 20
	// maxDocuments bounds its documents.
	maxDocuments = 500
	// bulkAttempts bounds how often documents are sent again that the server was too busy for.
	bulkAttempts = 8
	// bulkPause is the first pause between them, doubled each time.
	bulkPause = 100 * time.Millisecond
)

// Client is a client of one server or cluster. It is safe for concurrent use.
type Client struct {
	base           *url.URL // without credentials
	user, password string
	http           *http.Client
	pause          func(ctx context.Context, d time.Duration) bool
}

// New returns a client for the address of a server, which may contain a user with a password. pause waits, and
// reports whether ctx has not ended.
func New(address string, pause func(context.Context, time.Duration) bool) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		// The error of url.Parse contains the address.
		return nil, errors.New("the address of the search server must be like https://user:password@search.example.org:9200")
	}
	c := &Client{pause: pause, http: &http.Client{
		Timeout: attemptLimit,
		Transport: &http.Transport{
			Proxy:       http.ProxyFromEnvironment,
			DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			// Searches of many requests run at the same time.
			MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 5 * time.Second,
		},
		// Following a redirect would send the credentials to another server.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if u.User != nil {
		c.user = u.User.Username()
		c.password, _ = u.User.Password()
	}
	c.base = &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimSuffix(u.Path, "/")}
	return c, nil
}

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Error is a refusal by the server.
type Error struct {
	Status int
	Type   string // such as "index_not_found_exception"
	Reason string
}

// Error returns the status, type and reason. The reason comes from the server, and is clipped before.
func (e *Error) Error() string {
	return fmt.Sprintf("the search server answered %d %s: %s", e.Status, e.Type, e.Reason)
}

// NotFound reports whether an error says that an index does not exist.
func NotFound(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == http.StatusNotFound
}

// Request is a request to a server. Path has no leading slash. Body is sent as JSON; nil for none.
type Request struct {
	Method, Path string
	Body         any
}

// Do sends a request and decodes its answer into out, unless that is nil.
func (c *Client) Do(ctx context.Context, r Request, out any) error {
	body := raw{kind: "application/json"}
	if r.Body != nil {
		var err error
		if body.bytes, err = json.Marshal(r.Body); err != nil {
			return fmt.Errorf("ask the search server: %w", err)
		}
	}
	r.Body = body
	return c.send(ctx, r, out)
}

// raw is a body as it is sent.
type raw struct {
	kind  string
	bytes []byte
}

// send sends a request with a raw body.
func (c *Client) send(ctx context.Context, r Request, out any) error {
	u := *c.base
	path, query, _ := strings.Cut(r.Path, "?")
	u.Path, u.RawQuery = u.Path+"/"+path, query
	body, _ := r.Body.(raw)
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), bytes.NewReader(body.bytes))
	if err != nil {
		return errors.New("ask the search server: the request cannot be made")
	}
	req.Header.Set("Content-Type", body.kind)
	if c.user != "" {
		req.SetBasicAuth(c.user, c.password)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return without(ctx, err)
	}
	defer resp.Body.Close()
	// One byte more than the limit distinguishes an answer that is too long from one that just fits.
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return without(ctx, err)
	case len(text) > maxAnswer:
		return fmt.Errorf("the search server answered with more than %d bytes", maxAnswer)
	case resp.StatusCode >= http.StatusMultipleChoices:
		return refusal(resp.StatusCode, text)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("read the answer of the search server: %w", err)
	}
	return nil
}

// without returns an error of the transport without the address, which *url.Error contains.
func without(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err() //nolint:wrapcheck // the caller's own
	}
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Errorf("the search server cannot be reached: %s: %w", op.Op, op.Err)
	}
	return fmt.Errorf("the search server cannot be reached: %w", err)
}

// refusal parses an answer with an error status.
func refusal(status int, text []byte) error {
	var body struct {
		Error struct {
			Type   string `json:"type"`
			Reason string `json:"reason"`
		} `json:"error"`
	}
	e := &Error{Status: status}
	// A proxy before the server may answer with HTML; then the status has to do.
	if json.Unmarshal(text, &body) == nil {
		e.Type, e.Reason = body.Error.Type, clip(body.Error.Reason)
	}
	return e
}

// clip bounds a reason, which may quote a document.
func clip(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
