package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"patternhub/content"
)

// params are the parameters of one GraphQL request, whatever carried them.
// Empty and absent are the same in all of them.
type params struct {
	query         string
	operationName string
	documentID    string
	variables     map[string]any // numbers are json.Number, so that none is rounded
	extensions    map[string]any
}

// names of the parameters; a key that differs from one of them only in case is refused, since
// encoding/json elsewhere would take it and a proxy that filters would not.
var names = [...]string{"query", "operationName", "documentId", "variables", "extensions"}

// readGet takes the parameters of a GET request from its URL.
func (s *Server) readGet(r *http.Request) (*params, *refusal) {
	// The semicolon as a separator is refused by net/url, since proxies read it differently.
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, content.BadUserInput, "The URL's parameters are not encoded correctly.")
	}
	// The parameters of a URL become the object that a body would be, so that one function checks
	// both.
	object := make(map[string]any, len(values))
	for name, list := range values {
		// Who reads the first and who reads the last would see different requests.
		if len(list) > 1 && known(name) {
			return nil, refuse(http.StatusBadRequest, content.BadUserInput, fmt.Sprintf("Parameter %q is given twice.", shorten(name)))
		}
		if !utf8.ValidString(list[0]) {
			return nil, refuse(http.StatusBadRequest, content.BadUserInput, "The URL is not valid UTF-8.")
		}
		if (name == "variables" || name == "extensions") && list[0] != "" {
			value, err := s.parseJSON([]byte(list[0]))
			if err != nil {
				return nil, refuse(http.StatusBadRequest, content.BadUserInput, fmt.Sprintf("Parameter %q: %s.", name, err))
			}
			object[name] = value
			continue
		}
		if list[0] != "" {
			object[name] = list[0]
		}
	}
	return paramsOf(object)
}

// readPost takes the parameters of a POST request from its body.
// unread on a refusal says that the rest of the body is still on its way, so that the connection is
// closed and not read to its end.
func (s *Server) readPost(w http.ResponseWriter, r *http.Request) (*params, *refusal) {
	if refused := checkContentType(r.Header); refused != nil {
		refused.unread = true
		return nil, refused
	}
	// The limit is on what is read, since a chunked body does not tell its length.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.limits.BodyBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		refused := refuse(http.StatusRequestEntityTooLarge, content.LimitExceeded,
			fmt.Sprintf("The body is larger than %d bytes.", s.limits.BodyBytes))
		refused.unread = true
		return nil, refused
	case err != nil:
		refused := refuse(http.StatusRequestTimeout, content.BadUserInput, "The body could not be read to its end.")
		refused.unread = true
		return nil, refused
	}
	return s.parseParams(body)
}

// parseParams reads the JSON object of a body or a socket message's payload.
func (s *Server) parseParams(body []byte) (*params, *refusal) {
	value, err := s.parseJSON(body)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, content.BadUserInput, "The body: "+err.Error()+".")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, refuse(http.StatusBadRequest, content.BadUserInput, "The body must be one JSON object; batches are not served.")
	}
	return paramsOf(object)
}

// checkContentType accepts JSON in UTF-8 without compression, and nothing else: other media
// types could be sent by a form of another site, and compressed bodies hide their size.
func checkContentType(h http.Header) *refusal {
	// A proxy may read the first of two and we the last, or the other way round.
	if len(h["Content-Type"]) > 1 || len(h["Content-Encoding"]) > 1 {
		return refuse(http.StatusUnsupportedMediaType, content.BadUserInput, "Content-Type and Content-Encoding may stand once.")
	}
	// Identity is the absence of a coding, though some clients name it.
	if encoding := h.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return refuse(http.StatusUnsupportedMediaType, content.BadUserInput, "Compressed bodies are not accepted.")
	}
	// Parameters other than the charset mean nothing to JSON and are let through.
	media, options, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, content.BadUserInput, "The Content-Type must be application/json.")
	}
	if charset, ok := options["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return refuse(http.StatusUnsupportedMediaType, content.BadUserInput, "The charset must be utf-8.")
	}
	return nil
}

// known tells whether a parameter of that name means something, in any case.
func known(name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// paramsOf checks the types of the parameters. Unknown ones are left alone, as the protocol asks.
// A document that is null or missing is found out later, as it may be named by a hash or an id
// instead.
func paramsOf(object map[string]any) (*params, *refusal) {
	var p params
	// Null is the same as absent for all parameters but the document itself.
	for name, value := range object {
		var ok bool
		switch name {
		case "query":
			p.query, ok = value.(string)
		case "operationName":
			p.operationName, ok = text(value)
		case "documentId":
			p.documentID, ok = text(value)
		case "variables":
			p.variables, ok = mapping(value)
		case "extensions":
			p.extensions, ok = mapping(value)
		default:
			ok = !known(name)
		}
		if !ok {
			return nil, refuse(http.StatusBadRequest, content.BadUserInput,
				fmt.Sprintf("Parameter %q has the wrong type or the wrong case.", shorten(name)))
		}
	}
	return &p, nil
}

// text reads an optional string.
func text(v any) (string, bool) {
	if v == nil {
		return "", true
	}
	s, ok := v.(string)
	return s, ok
}

// mapping reads an optional object.
func mapping(v any) (map[string]any, bool) {
	if v == nil {
		return nil, true
	}
	m, ok := v.(map[string]any)
	return m, ok
}

// parseJSON reads exactly one JSON value, more strictly than encoding/json does: the bytes are
// UTF-8, no object names a key twice, no string holds half a surrogate pair, and nothing nests
// deeper than the limit. The errors are ends of sentences for the client.
// Two programs that read such a text differently are the danger: what a filter in front has seen
// must be what is run here. The checks go from the cheapest to the dearest, and depth comes before
// anything recurses.
func (s *Server) parseJSON(body []byte) (any, error) {
	switch {
	case !utf8.Valid(body):
		return nil, errors.New("it is not valid UTF-8")
	case tooDeep(body, s.limits.JSONDepth):
		return nil, fmt.Errorf("it nests deeper than %d levels", s.limits.JSONDepth)
	case !json.Valid(body):
		return nil, errors.New("it is not one valid JSON value")
	case loneSurrogate(body):
		return nil, errors.New("a string holds half of a surrogate pair")
	}
	// The text is known to be valid here, so the decoder's errors cannot come from the client.
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return readValue(d)
}

// readValue reads the next value of a valid JSON text.
func readValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, errors.New("it is not one valid JSON value")
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := readValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	case json.Delim('{'):
		object := map[string]any{}
		// Keys are compared after unescaping: "a" and "\u0061" are one.
		for d.More() {
			key, _ := d.Token()
			name, _ := key.(string)
			if _, twice := object[name]; twice {
				return nil, fmt.Errorf("key %q is given twice", shorten(name))
			}
			v, err := readValue(d)
			if err != nil {
				return nil, err
			}
			object[name] = v
		}
		_, err = d.Token()
		return object, err
	}
	return token, nil
}

// tooDeep counts brackets outside strings, before anything recurses over them.
// It runs over bytes that may not be JSON at all, so it must not go beyond their end.
func tooDeep(body []byte, limit int) bool {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		// The character after a backslash is never a quote that ends the string.
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > limit {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
