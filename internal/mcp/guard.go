package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"patternhub/internal/content"
)

// refusal is why a request is not served.
type refusal struct {
	status  int
	code    content.Code
	message string
	header  http.Header // of the API's answer, if it has refused
}

// ServeHTTP serves one message of an assistant. What does not need the body is checked first.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w = &unstored{ResponseWriter: w}
	body, refused := s.check(w, r)
	if refused != nil {
		refuse(w, refused)
		return
	}
	// The time is for all that the request asks. The API bounds each question by the same time.
	ctx, cancel := context.WithTimeout(r.Context(), s.o.Deadline)
	defer cancel()
	c := s.caller(r)
	ctx = withCaller(ctx, c)
	if refused := s.admit(ctx, c); refused != nil {
		refuse(w, refused)
		return
	}
	r = r.WithContext(ctx)
	r.Body = io.NopCloser(strings.NewReader(body))
	s.handler.ServeHTTP(w, r)
}

// check returns the body of a request that may be served.
func (s *Server) check(w http.ResponseWriter, r *http.Request) (string, *refusal) {
	if !s.host(r.Host) {
		return "", &refusal{status: http.StatusForbidden, code: content.Forbidden, message: "The hub is not known under this name. Set SITE_URL to the address that assistants use."}
	}
	// A page of another site could otherwise use the network of its reader. Programs send no Origin.
	if origins := r.Header["Origin"]; len(origins) > 1 || len(origins) == 1 && !s.own(origins[0], r.Host) {
		return "", &refusal{status: http.StatusForbidden, code: content.Forbidden, message: "Requests from pages of other sites are not allowed."}
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return "", &refusal{status: http.StatusMethodNotAllowed, code: content.BadUserInput, message: "Only POST is served: each message has an answer of its own, and nothing is kept between them."}
	}
	// A form of another site can send any text, but not this type.
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" || len(r.Header["Content-Type"]) > 1 || r.Header.Get("Content-Encoding") != "" {
		return "", &refusal{status: http.StatusUnsupportedMediaType, code: content.BadUserInput, message: "The Content-Type must be application/json, without compression."}
	}
	return s.body(w, r)
}

// body reads the body, which must be one JSON object: older revisions of the protocol allow many messages
// in one request, each of which would cost as much.
func (s *Server) body(w http.ResponseWriter, r *http.Request) (string, *refusal) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.o.BodyBytes))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		w.Header().Set("Connection", "close")
		return "", &refusal{status: http.StatusRequestEntityTooLarge, code: content.LimitExceeded, message: fmt.Sprintf("The body is larger than %d bytes.", s.o.BodyBytes)}
	case err != nil:
		return "", &refusal{status: http.StatusRequestTimeout, code: content.BadUserInput, message: "The body could not be read to its end."}
	}
	body := strings.TrimSpace(string(raw))
	// Valid stops at a depth that the protocol's own reader does not bound.
	if !strings.HasPrefix(body, "{") || !json.Valid(raw) {
		return "", &refusal{status: http.StatusBadRequest, code: content.BadUserInput, message: "The body must be one JSON object, a message of JSON-RPC."}
	}
	return body, nil
}

// host reports whether the hub may be addressed by a name. A site whose name leads to this machine could
// otherwise talk to a hub that only this machine, or a closed network, can reach. An address is no name.
func (s *Server) host(host string) bool {
	// The port counts: another service of the same machine is another site.
	if site, err := url.Parse(s.o.SiteURL); err == nil && site.Host != "" && strings.EqualFold(host, site.Host) {
		return true
	}
	// A port says nothing about the name.
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil || strings.EqualFold(name, "localhost")
}

// own reports whether an origin is the hub's own.
func (s *Server) own(origin, host string) bool {
	_, rest, ok := strings.Cut(origin, "://")
	return origin == s.o.SiteURL || ok && strings.EqualFold(rest, host)
}

// forwarded are the headers that the API reads of an assistant's request. Cookies are not among them, so
// nothing that a browser adds by itself can authorise a request.
var forwarded = []string{"Authorization", "X-Forwarded-For", "Forwarded", "Traceparent", "Tracestate"}

// caller returns who sends a request.
func (s *Server) caller(r *http.Request) *caller {
	c := &caller{header: http.Header{}, remote: r.RemoteAddr, site: s.o.SiteURL}
	for _, name := range forwarded {
		if values := r.Header[name]; len(values) > 0 {
			c.header[name] = values
		}
	}
	// Older clients say their name here only.
	if agent := clean(r.UserAgent()); agent != "" {
		c.header.Set("User-Agent", agent)
	}
	// Without a setting, links lead to where the assistant has found the hub.
	if c.site == "" {
		c.site = "http://" + r.Host
	}
	return c
}

// admit asks the API for the caller's role, and returns its refusal if the key does not count, or if there
// is none and the hub does not serve readers without a key.
func (s *Server) admit(ctx context.Context, c *caller) *refusal {
	r, err := s.ask(ctx, "", question{Document: document("viewer")})
	if err != nil {
		return &refusal{status: http.StatusBadGateway, code: content.Unavailable, message: err.Error()}
	}
	if len(r.Errors) > 0 {
		return &refusal{status: r.status, code: content.Code(r.Errors[0].Extensions.Code), message: r.Errors[0].Message, header: r.header}
	}
	var data struct {
		Viewer struct{ AccessRole content.AccessRole }
	}
	if err := json.Unmarshal(r.Data, &data); err != nil {
		return &refusal{status: http.StatusBadGateway, code: content.Unavailable, message: "The hub's answer is not that of this release. Use the program of the hub's release."}
	}
	// The role decides which tools are listed. What a tool may do is decided by the API.
	c.role = data.Viewer.AccessRole
	return nil
}

// refuse answers with an error of JSON-RPC, which clients show.
func refuse(w http.ResponseWriter, refused *refusal) {
	h := w.Header()
	for _, name := range [...]string{"Www-Authenticate", "Retry-After"} {
		if value := refused.header.Get(name); value != "" {
			h.Set(name, value)
		}
	}
	h.Set("Content-Type", "application/json")
	status := refused.status
	if status < http.StatusBadRequest {
		status = http.StatusForbidden // the API has answered with an error in the body
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"jsonrpc": "2.0", "id": nil, "error": map[string]any{
		"code": jsonrpc.CodeInvalidRequest, "message": refused.message, "data": map[string]any{"code": refused.code},
	}})
}

// unstored forbids to store an answer, whatever the handler below says.
type unstored struct {
	http.ResponseWriter

	begun bool
}

// Unwrap returns the writer below, for http.ResponseController.
func (u *unstored) Unwrap() http.ResponseWriter { return u.ResponseWriter }

// WriteHeader writes the status.
func (u *unstored) WriteHeader(status int) {
	if !u.begun {
		u.begun = true
		u.Header().Set("Cache-Control", "no-store")
	}
	u.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the body.
func (u *unstored) Write(b []byte) (int, error) {
	if !u.begun {
		u.WriteHeader(http.StatusOK)
	}
	return u.ResponseWriter.Write(b) //nolint:wrapcheck // it is the same writer
}

// Flush sends what is buffered.
func (u *unstored) Flush() { _ = http.NewResponseController(u.ResponseWriter).Flush() }
