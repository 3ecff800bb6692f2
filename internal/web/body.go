package web

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// input is what a request asks for: a batch, or one operation.
type input struct {
	text   string    // the parameters of the URL, or the body
	known  *run.Call // of a text that is cached; then it has no params
	params *operation.Params
	batch  []item
}

// read reads what a request asks for. A text that is cached is not parsed.
func (e *endpoint) read(w http.ResponseWriter, r *http.Request) (in input, refusal *operation.Refusal) {
	in.text = r.URL.RawQuery
	if r.Method == http.MethodPost {
		if in.text, refusal = e.readBody(w, r); refusal != nil {
			// The rest of the body is still coming. net/http would wait for it before it answers.
			w.Header()["Connection"] = []string{"close"}
			return in, refusal
		}
	}
	if in.known = e.texts.find(r, in.text); in.known != nil {
		return in, nil
	}
	if r.Method == http.MethodPost {
		in.params, in.batch, refusal = e.parsePost(in.text)
	} else {
		in.params, refusal = e.readGet(r)
	}
	return in, refusal
}

// readGet reads the parameters of a GET request from its URL.
func (e *endpoint) readGet(r *http.Request) (*operation.Params, *operation.Refusal) {
	// net/url refuses the semicolon as a separator, since proxies read it differently.
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, operation.Refuse(content.BadUserInput, "The URL's parameters are not encoded correctly.")
	}
	// The parameters become the object that a body would have, so that one function checks both.
	object := make(map[string]any, len(values))
	for name, list := range values {
		// Programs that read the first value and those that read the last would see different requests.
		if len(list) > 1 && operation.IsParam(name) {
			return nil, operation.Refuse(content.BadUserInput, fmt.Sprintf("Parameter %q is given twice.", operation.Shorten(name)))
		}
		if !utf8.ValidString(list[0]) {
			return nil, operation.Refuse(content.BadUserInput, "The URL is not valid UTF-8.")
		}
		if (name == "variables" || name == "extensions") && list[0] != "" {
			value, err := operation.ReadJSON([]byte(list[0]), e.limits.JSONDepth)
			if err != nil {
				return nil, operation.Refuse(content.BadUserInput, fmt.Sprintf("Parameter %q: %s.", name, err))
			}
			object[name] = value
			continue
		}
		if list[0] != "" {
			object[name] = list[0]
		}
	}
	return operation.ParamsOf(object)
}

// parsePost parses the body of a POST request: one request, or the requests of a batch.
func (e *endpoint) parsePost(body string) (*operation.Params, []item, *operation.Refusal) {
	value, err := operation.ReadJSON([]byte(body), e.limits.JSONDepth)
	if err != nil {
		return nil, nil, operation.Refuse(content.BadUserInput, "The body: "+err.Error()+".")
	}
	switch value := value.(type) {
	case []any:
		items, refusal := e.batch(value)
		return nil, items, refusal
	case map[string]any:
		p, refusal := operation.ParamsOf(value)
		return p, nil, refusal
	default:
		return nil, nil, operation.Refuse(content.BadUserInput, "The body must be a JSON object, or an array of them.")
	}
}

// readBody reads a body that should be JSON.
func (e *endpoint) readBody(w http.ResponseWriter, r *http.Request) (string, *operation.Refusal) {
	if refusal := checkContentType(r.Header); refusal != nil {
		return "", refusal
	}
	// The limit is on the bytes read, since a chunked body does not state its length. A stated length only
	// saves growing, and only if it is small: the body may never come.
	var body bytes.Buffer
	if r.ContentLength > 0 {
		body.Grow(int(min(r.ContentLength, textLimit)) + bytes.MinRead)
	}
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, e.limits.BodyBytes))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return "", refuse(http.StatusRequestEntityTooLarge, content.LimitExceeded,
			fmt.Sprintf("The body is larger than %d bytes.", e.limits.BodyBytes))
	case err != nil:
		return "", refuse(http.StatusRequestTimeout, content.BadUserInput, "The body could not be read to its end.")
	}
	return body.String(), nil
}

// refuse returns a refusal with an HTTP status of its own.
func refuse(status int, code content.Code, message string) *operation.Refusal {
	refusal := operation.Refuse(code, message)
	refusal.Status = status
	return refusal
}

// checkContentType accepts only JSON in UTF-8 without compression: other media types could be sent by a
// form of another site, and a compressed body hides its size.
func checkContentType(h http.Header) *operation.Refusal {
	// A proxy may read the first of two headers and this server the last, or the other way round.
	if len(h["Content-Type"]) > 1 || len(h["Content-Encoding"]) > 1 {
		return refuse(http.StatusUnsupportedMediaType, content.BadUserInput, "Content-Type and Content-Encoding may stand once.")
	}
	// Identity is the absence of a coding, but some clients name it.
	if encoding := h.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return refuse(http.StatusUnsupportedMediaType, content.BadUserInput, "Compressed bodies are not accepted.")
	}
	// Parameters other than the charset mean nothing for JSON and are ignored.
	media, options, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, content.BadUserInput, "The Content-Type must be application/json.")
	}
	if charset, ok := options["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return refuse(http.StatusUnsupportedMediaType, content.BadUserInput, "The charset must be utf-8.")
	}
	return nil
}
