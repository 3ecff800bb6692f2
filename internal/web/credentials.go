package web

import (
	"net/http"
	"slices"
	"strings"

	"patternhub/internal/content"
	"patternhub/internal/web/answer"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// credentials reads the credentials in a request's headers and URL. Unreadable ones are refused and
// never served as anonymous, since their owner would not notice.
func credentials(r *http.Request) (Credentials, *operation.Refusal) {
	c := Credentials{Perspective: answer.Header(r, "X-Perspective"), Preview: answer.Header(r, "X-Preview-Token")}
	// If a header is repeated, a proxy may have read the other value.
	if len(r.Header["X-Perspective"]) > 1 {
		return Credentials{}, operation.Refuse(content.BadUserInput, "The header X-Perspective is given twice.")
	}
	for _, name := range [...]string{"Authorization", "X-Preview-Token"} {
		if len(r.Header[name]) > 1 {
			return Credentials{}, unauthenticated("The header " + name + " is given twice. Send it once: Authorization: Bearer phk_...")
		}
	}
	if authorization := answer.Header(r, "Authorization"); authorization != "" {
		var ok bool
		if c.Token, ok = run.Bearer(authorization); !ok {
			return Credentials{}, unauthenticated("The header Authorization is not understood. Send the key as Authorization: Bearer phk_...")
		}
	}
	if name := misplaced(r); name != "" {
		return Credentials{}, unauthenticated("A key in " + name + " is not read. Send it as Authorization: Bearer phk_...")
	}
	if c.Preview == "" && strings.Contains(r.URL.RawQuery, "preview=") {
		c.Preview = r.URL.Query().Get("preview")
	}
	return c, nil
}

// misplaced returns the name of a header or parameter that holds a key of the hub although keys are not
// read there, or "". Referer is ignored, since a page does not choose its own address.
func misplaced(r *http.Request) string {
	for name, values := range r.Header {
		for _, value := range values {
			if name != "Authorization" && name != "Referer" && (isKey(value) || name == "Cookie" && strings.Contains(value, "="+run.KeyPrefix)) {
				return "the header " + name
			}
		}
	}
	if !strings.Contains(r.URL.RawQuery, run.KeyPrefix) {
		return ""
	}
	for name, values := range r.URL.Query() {
		if name != "query" && slices.ContainsFunc(values, isKey) {
			return "the URL"
		}
	}
	return ""
}

// isKey reports whether a value is a key of the hub, with or without its scheme.
func isKey(value string) bool {
	value = strings.TrimSpace(value)
	if scheme, rest, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "bearer") {
		value = strings.TrimSpace(rest)
	}
	return strings.HasPrefix(value, run.KeyPrefix)
}

// unauthenticated refuses credentials that cannot be read.
func unauthenticated(message string) *operation.Refusal {
	return operation.Refuse(content.Unauthenticated, message)
}
