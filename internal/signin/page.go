package signin

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/a-h/templ"

	"patternhub/internal/content"
)

// policy lets the pages load their own style and script, and send forms to the hub.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// pageHeaders sets the headers of every page. With the policy of referrers, a form states its origin, and
// no other site receives the token in the address of a link.
func pageHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "strict-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "private, no-store")
}

// show writes a page.
func (h *Handler) show(w http.ResponseWriter, r *http.Request, status int, body templ.Component) {
	var out bytes.Buffer
	if err := body.Render(r.Context(), &out); err != nil {
		h.o.Log.ErrorContext(r.Context(), "a page was not rendered", slog.Any("error", err))
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

// refuse shows what is wrong. The message of an error that is not for readers goes to the log only.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, message := h.fault(r, err)
	h.show(w, r, status, faultPage(h.o.Title, message))
}

// fault returns the status and the message of an error.
func (h *Handler) fault(r *http.Request, err error) (status int, message string) {
	status = http.StatusInternalServerError
	switch content.CodeOf(err) {
	case content.Unauthenticated:
		status = http.StatusUnauthorized
	case content.Forbidden:
		status = http.StatusForbidden
	case content.NotFound:
		status = http.StatusNotFound
	case content.BadUserInput:
		status = http.StatusBadRequest
	case content.RateLimited:
		status = http.StatusTooManyRequests
	case content.Unavailable, content.Timeout:
		status = http.StatusServiceUnavailable
	default:
	}
	if known, ok := errors.AsType[*content.Error](err); ok && known.Code != content.Internal {
		return status, known.Message
	}
	h.o.Log.ErrorContext(r.Context(), "sign-in failed", slog.Any("error", err))
	return status, "Something went wrong. Try again in a moment."
}

// asset serves the style and the script of the pages.
func (h *Handler) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	media, ok := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}[path.Ext(name)]
	text, err := assets.ReadFile("assets/" + name)
	if !ok || err != nil {
		h.refuse(w, r, content.Fault(content.NotFound, "There is no such page."))
		return
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(text)
}

// Local returns a path of the hub to which a browser goes after signing in: to if that is a path,
// otherwise that of the account. Anything that a browser could take for another site is no path.
func Local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") ||
		strings.ContainsFunc(to, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return "/sign-in"
	}
	return to
}
