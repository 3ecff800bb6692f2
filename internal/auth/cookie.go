package auth

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Place knows at which address browsers reach the hub. It decides where sessions are possible, and which
// requests come from the hub's own pages.
type Place struct {
	origin *url.URL // SITE_URL; nil means localhost
	guard  *http.CrossOriginProtection
}

// NewPlace returns the Place of an address such as https://hub.example. Without one the hub is reached
// at localhost only.
func NewPlace(siteURL string) (*Place, error) {
	p := &Place{guard: http.NewCrossOriginProtection()}
	if siteURL == "" {
		return p, nil
	}
	u, err := url.Parse(siteURL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("read the address of the site %q: it must be like https://hub.example", siteURL)
	}
	p.origin = &url.URL{Scheme: strings.ToLower(u.Scheme), Host: strings.ToLower(u.Host)}
	return p, nil
}

// local reports whether a host, with or without a port, is localhost. Browsers treat that name as secure;
// a number is no party of passkeys.
func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.EqualFold(host, "localhost")
}

// Origin returns the hub's own origin as the browser of a request has it, or the reason why
// signing in is not possible there.
func (p *Place) Origin(r *http.Request) (origin, reason string) {
	switch {
	case p.origin == nil && local(r.Host):
		return "http://" + strings.ToLower(r.Host), ""
	case p.origin == nil:
		return "", "Signing in is possible at http://localhost only, or at the address that the setting SITE_URL names, such as https://hub.example."
	case p.origin.Scheme != "https" && !local(p.origin.Host):
		return "", "Signing in needs https: over plain http others could read the session. Serve the hub by https and set SITE_URL to that address."
	}
	return p.origin.String(), ""
}

// Elsewhere returns the address at localhost of a page that was asked for at a loopback number, such as
// 127.0.0.1, where signing in is not possible; "" for other requests.
func (p *Place) Elsewhere(r *http.Request) string {
	host, port, err := net.SplitHostPort(r.Host)
	if ip := net.ParseIP(host); p.origin != nil || err != nil || ip == nil || !ip.IsLoopback() {
		return ""
	}
	return "http://" + net.JoinHostPort("localhost", port) + r.URL.RequestURI()
}

// Address returns the address of a path, for links that are printed. Without SITE_URL it is at localhost,
// with the port of the address on which the hub listens.
func (p *Place) Address(listening, path string) string {
	if p.origin != nil {
		return p.origin.String() + path
	}
	_, port, err := net.SplitHostPort(listening)
	if err != nil {
		port = "8080"
	}
	return "http://localhost:" + port + path
}

// Possible returns the reason why signing in is not possible, whatever the request, or "".
func (p *Place) Possible() string {
	_, reason := p.Origin(&http.Request{Host: "localhost"})
	return reason
}

// Own reports whether a page of the hub itself has sent a request: its Origin is exactly the hub's own. A
// browser sets the header on every POST and on every handshake of a socket, and no page can change it.
func (p *Place) Own(r *http.Request) bool {
	origin, reason := p.Origin(r)
	sent := r.Header["Origin"]
	if reason != "" || len(sent) != 1 || sent[0] != origin {
		return false
	}
	// Without the header the guard would compare Origin with Host, which proxies change.
	return r.Header.Get("Sec-Fetch-Site") == "" || p.guard.Check(r) == nil
}

const (
	// cookieName is the name of the cookie of a session at localhost. With the prefix, browsers accept it only
	// over https, from this host and for all paths.
	cookieName = "patternhub"
	// hostPrefix is the prefix of names of cookies that no other host can set.
	hostPrefix = "__Host-"
)

// Secure reports whether the hub is reached over https.
func (p *Place) Secure() bool { return p.origin != nil && p.origin.Scheme == "https" }

// Name returns the name of a cookie as it is at this place.
func (p *Place) Name(name string) string {
	if p.Secure() {
		return hostPrefix + name
	}
	return name
}

// Cookie returns a cookie that is sent only to the hub and that no script can read. A maxAge below 0
// deletes it.
func (p *Place) Cookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // on localhost there is no TLS
		Name: p.Name(name), Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: p.Secure(), SameSite: http.SameSiteStrictMode,
	}
}

// Secret returns the secret of the session in the cookie of a request, or "". If there are two such cookies
// it is "", since another page may have set one of them.
func (p *Place) Secret(r *http.Request) string {
	if len(r.Header["Cookie"]) == 0 {
		return ""
	}
	if found := r.CookiesNamed(p.Name(cookieName)); len(found) == 1 {
		return found[0].Value
	}
	return ""
}

// Remember sets the cookie of a session.
func (p *Place) Remember(w http.ResponseWriter, secret string) {
	http.SetCookie(w, p.Cookie(cookieName, secret, int(SessionLifetime.Seconds())))
}

// Forget deletes the cookie of a session.
func (p *Place) Forget(w http.ResponseWriter) {
	http.SetCookie(w, p.Cookie(cookieName, "", -1))
}
