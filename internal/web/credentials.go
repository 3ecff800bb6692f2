package web

import (
	"mime"
	"net/http"
	"slices"
	"strings"

	"patternhub/internal/content"
	"patternhub/internal/web/answer"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// Cookies reads the cookies of sessions.
type Cookies interface {
	// Secret returns the secret of the session in the cookie of a request, or "".
	Secret(r *http.Request) string
	// Own reports whether a page of the hub itself has sent a request.
	Own(r *http.Request) bool
	// Forget makes the browser delete the cookie.
	Forget(w http.ResponseWriter)
}

// noCookies is for a server without sessions.
type noCookies struct{}

func (noCookies) Secret(*http.Request) string { return "" }
func (noCookies) Own(*http.Request) bool      { return false }
func (noCookies) Forget(http.ResponseWriter)  {}

// credentials reads what identifies the sender of a request: a key, a ticket or else a session. A browser
// sends the cookie whichever page makes it send a request, so the cookie counts only if the request cannot
// come from another site: a POST of JSON from a page of the hub itself. Any other request is served as if
// there were no cookie.
func (e *endpoint) credentials(r *http.Request) (Credentials, *operation.Refusal) {
	c, refusal := credentials(r)
	if refusal != nil {
		return c, refusal
	}
	if c.Ticket != "" && !e.cookies.Own(r) {
		return Credentials{}, unauthenticated("A ticket counts only on pages of the hub itself. Send a key as Authorization: Bearer phk_...")
	}
	if c.Token != "" || c.Ticket != "" || r.Method != http.MethodPost {
		return c, nil
	}
	if secret := e.cookies.Secret(r); secret != "" && isJSON(r) && e.cookies.Own(r) {
		c.Session = secret
	}
	return c, nil
}

// isJSON reports whether the body of a request is said to be JSON, which the form of another site cannot
// say.
func isJSON(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == "application/json"
}

// private forbids to store the answer to a request with a session's cookie, even if the cookie does not
// count: the next one may.
func (e *endpoint) private(r *http.Request, viewer *Viewer) {
	if e.cookies.Secret(r) != "" {
		viewer.NoStore = true
	}
}

// forget makes the browser delete the cookie of a session that was refused. Otherwise every request of the
// browser would be refused until the next sign-in.
func (e *endpoint) forget(w http.ResponseWriter, c Credentials, refusal *operation.Refusal) {
	if c.Session != "" && refusal.Code == content.Unauthenticated {
		e.cookies.Forget(w)
	}
}

// ticketHeader is the header of a ticket.
const ticketHeader = "X-Session-Ticket"

// credentials reads the credentials in a request's headers and URL. Unreadable ones are refused and
// never served as anonymous, since their owner would not notice.
func credentials(r *http.Request) (Credentials, *operation.Refusal) {
	c := Credentials{Perspective: answer.Header(r, "X-Perspective"), Preview: answer.Header(r, "X-Preview-Token"), Ticket: answer.Header(r, ticketHeader)}
	// If a header is repeated, a proxy may have read the other value.
	if len(r.Header["X-Perspective"]) > 1 {
		return Credentials{}, operation.Refuse(content.BadUserInput, "The header X-Perspective is given twice.")
	}
	for _, name := range [...]string{"Authorization", "X-Preview-Token", ticketHeader} {
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
