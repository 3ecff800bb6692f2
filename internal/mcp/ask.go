package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"unicode"

	"patternhub/internal/content"
)

// answerBytes bounds what is read of an answer of the API.
const answerBytes = 16 << 20

// caller is who a request of an assistant comes from.
type caller struct {
	// header has what the API needs to know of the request: its key and, from a proxy, its address.
	header http.Header
	remote string // the address of the connection
	site   string // where people open the hub
	role   content.AccessRole
}

// callerKey is the key of the caller in a context.
type callerKey struct{}

// withCaller returns a context with the caller, for everything that is asked in it. The protocol's server
// passes the values of a request's context on to the handlers of its tools.
func withCaller(ctx context.Context, c *caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// callerOf returns the caller of the request in ctx.
func callerOf(ctx context.Context) *caller {
	if c, ok := ctx.Value(callerKey{}).(*caller); ok {
		return c
	}
	// Without a caller there is no key, so this is a reader.
	return &caller{}
}

// question is a GraphQL request.
type question struct {
	Document  string                     `json:"query"`
	Operation string                     `json:"operationName,omitempty"`
	Variables map[string]json.RawMessage `json:"variables,omitempty"`
	drafts    bool                       // ask the draft graph
}

// reply is the answer of the API.
type reply struct {
	Data   json.RawMessage `json:"data"`
	Errors []fault         `json:"errors"`
	status int
	header http.Header
}

// fault is an error of GraphQL.
type fault struct {
	Message    string          `json:"message"`
	Path       json.RawMessage `json:"path,omitempty"`
	Extensions struct {
		Code string `json:"code,omitempty"`
	} `json:"extensions"`
}

// String returns the fault for an assistant.
func (f fault) String() string {
	if f.Extensions.Code == "" {
		return f.Message
	}
	return f.Message + " (" + f.Extensions.Code + ")"
}

// has reports whether there is an answer.
func (r *reply) has() bool { return len(r.Data) > 0 && string(r.Data) != "null" }

// ask asks the API for the caller in ctx. client is what the assistant calls itself.
func (s *Server) ask(ctx context.Context, client string, q question) (*reply, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return nil, fmt.Errorf("write the question: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Deadline)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.o.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("ask the hub: %w", err)
	}
	c := callerOf(ctx)
	// The header is copied: two questions of one request share the caller.
	maps.Copy(req.Header, c.header)
	// Only a handler in the same program reads this. A connection has its own address.
	req.RemoteAddr = c.remote
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/graphql-response+json")
	if q.drafts {
		req.Header.Set("X-Perspective", "drafts")
	}
	if client != "" {
		req.Header.Set("Graphql-Client-Name", client)
	}
	resp, err := s.o.API.RoundTrip(req)
	if err != nil {
		// The cause may have names of a network that are nobody's business.
		return nil, errors.New("The hub did not answer. Try again in a moment.") //nolint:staticcheck,revive // it is for people
	}
	defer resp.Body.Close()
	// The hub bounds its answers by their nodes. This bound is for an address that is no hub.
	raw, err := io.ReadAll(io.LimitReader(resp.Body, answerBytes+1))
	if err != nil || len(raw) > answerBytes {
		return nil, errors.New("The answer of the hub could not be read to its end. Ask for less.") //nolint:staticcheck,revive // as above
	}
	r := &reply{status: resp.StatusCode, header: resp.Header}
	if err := json.Unmarshal(raw, r); err != nil || !r.has() && len(r.Errors) == 0 {
		return nil, fmt.Errorf("The address answered with the status %d and not as a hub does.", resp.StatusCode) //nolint:staticcheck,revive // as above
	}
	return r, nil
}

// nameLimit bounds the name of a client.
const nameLimit = 64

// clean returns a text of a client for a header and a log: short, and in one line of visible characters.
func clean(text string) string {
	// Spaces stay in place of what is removed, so that two words do not become one.
	text = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	for i := range text {
		if i > nameLimit {
			return strings.ToValidUTF8(text[:nameLimit], "")
		}
	}
	return text
}

// InProcess returns a transport to a handler of the same program. The requests have the address that the
// caller's connection has.
func InProcess(h http.Handler) http.RoundTripper { return inProcess{h} }

// inProcess is a transport without a network.
type inProcess struct{ handler http.Handler }

// RoundTrip returns the handler's answer.
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.RequestURI = r.URL.RequestURI()
	w := &memory{header: http.Header{}, status: http.StatusOK}
	p.handler.ServeHTTP(w, r)
	return &http.Response{
		StatusCode: w.status, Status: http.StatusText(w.status), Header: w.header, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()),
	}, nil
}

// memory keeps an answer.
type memory struct {
	header http.Header
	status int
	begun  bool
	body   bytes.Buffer
}

// Header returns the headers that the handler sets.
func (m *memory) Header() http.Header { return m.header }

// WriteHeader keeps the first status, as a connection does.
func (m *memory) WriteHeader(status int) {
	if !m.begun {
		m.status, m.begun = status, true
	}
}

// Write keeps a part of the body, up to the limit that the reader has.
func (m *memory) Write(b []byte) (int, error) {
	m.WriteHeader(http.StatusOK)
	if m.body.Len()+len(b) > answerBytes+1 {
		return 0, http.ErrContentLength
	}
	return m.body.Write(b) //nolint:wrapcheck // it never fails
}
