package signin

import (
	"net/http"

	"patternhub/internal/auth/oidc"
	"patternhub/internal/content"
)

// flowCookie is the name of the cookie that binds a flow with a provider to its browser.
const flowCookie = "patternhub-flow"

// providerRoutes adds the routes of OpenID providers. They are GETs, since a provider sends the browser back
// by one; the cookie of the flow decides whether it counts.
func (h *Handler) providerRoutes() {
	h.mux.HandleFunc("GET /sign-in/with/{provider}", h.limited(h.leave))
	h.mux.HandleFunc("GET /sign-in/back/{provider}", h.limited(h.back))
}

// limited returns a handler that shows the error of another one, where people can sign in and have not tried
// too often.
func (h *Handler) limited(serve func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, reason := h.o.Place.Origin(r)
		var err error
		switch {
		case reason != "":
			err = content.Fault(content.Forbidden, reason)
		case !h.allow("address " + h.o.Address(r.Context())):
			err = tooMany()
		default:
			err = serve(w, r)
		}
		if err != nil {
			h.refuse(w, r, err)
		}
	}
}

// setFlow sets the cookie of a flow, or deletes it. Unlike that of a session it is sent when the provider
// sends the browser back, hence lax.
func (h *Handler) setFlow(w http.ResponseWriter, value string, maxAge int) {
	c := h.o.Place.Cookie(flowCookie, value, maxAge) //nolint:gosec // on localhost there is no TLS
	c.SameSite = http.SameSiteLaxMode
	http.SetCookie(w, c)
}

// leave sends the browser to a provider.
func (h *Handler) leave(w http.ResponseWriter, r *http.Request) error {
	address, cookie, err := h.o.Providers.Begin(r.Context(), r.PathValue("provider"), h.origin(r), Local(r.URL.Query().Get("to")))
	if err != nil {
		return err //nolint:wrapcheck // it has a code
	}
	h.setFlow(w, cookie, int(oidc.FlowLifetime.Seconds()))
	http.Redirect(w, r, address, http.StatusFound) //nolint:gosec // the address of a provider that the settings name
	return nil
}

// back signs in with the answer of a provider. The flow ends, whatever the answer. A page of the hub leads
// on, since browsers do not send the cookie of a session after a redirect from another site.
func (h *Handler) back(w http.ResponseWriter, r *http.Request) error {
	cookie := ""
	if found := r.CookiesNamed(h.o.Place.Name(flowCookie)); len(found) == 1 {
		cookie = found[0].Value
	}
	h.setFlow(w, "", -1)
	claims, to, err := h.o.Providers.Finish(r.Context(), r.PathValue("provider"), h.origin(r), cookie, r.URL.Query())
	if err != nil {
		return err //nolint:wrapcheck // it has a code
	}
	who, err := h.o.People.Provided(r.Context(), claims)
	if content.CodeOf(err) == content.NotFound {
		return content.Fault(content.Forbidden, "This account has no access to the hub. Ask an administrator.")
	}
	if err != nil {
		return err //nolint:wrapcheck // it says what was read
	}
	if err := h.begin(w, r, who, content.SignInProvider); err != nil {
		return err
	}
	h.show(w, r, http.StatusOK, onwardPage(h.o.Title, Local(to)))
	return nil
}
