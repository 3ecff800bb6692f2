package signin

import (
	"encoding/json"
	"net/http"

	"patternhub/internal/auth/passkey"
	"patternhub/internal/content"
)

// passkeyRoutes adds the routes of passkeys. The script of the pages calls them with JSON.
func (h *Handler) passkeyRoutes() {
	h.post("/sign-in/passkey/begin", h.json(func(_ http.ResponseWriter, r *http.Request, _ *passkey.Response) (any, error) {
		return h.o.Passkeys.BeginSignIn(r.Context(), h.origin(r))
	}))
	h.post("/sign-in/passkey/finish", h.json(h.finishPasskey))
	h.post("/sign-in/passkeys/begin", h.json(func(_ http.ResponseWriter, r *http.Request, _ *passkey.Response) (any, error) {
		session, err := h.must(r)
		if err != nil {
			return nil, err
		}
		return h.o.Passkeys.BeginRegistration(r.Context(), h.origin(r), session.Person)
	}))
	h.post("/sign-in/passkeys/finish", h.json(func(_ http.ResponseWriter, r *http.Request, in *passkey.Response) (any, error) {
		session, err := h.must(r)
		if err != nil {
			return nil, err
		}
		return struct{}{}, h.o.Passkeys.FinishRegistration(r.Context(), h.origin(r), session.Person, in)
	}))
	h.post("/sign-in/passkeys/remove", func(w http.ResponseWriter, r *http.Request) {
		h.signed(w, r, func(s *content.Session) error {
			return h.o.People.DeletePasskey(r.Context(), s.PersonKey, r.PostFormValue("passkey"))
		})
	})
}

// origin returns the hub's own origin; admit has refused requests without one.
func (h *Handler) origin(r *http.Request) string {
	origin, _ := h.o.Place.Origin(r)
	return origin
}

// must returns the session of a request, or the error of one without.
func (h *Handler) must(r *http.Request) (*content.Session, error) {
	session, err := h.session(r)
	if err == nil && session == nil {
		err = content.Fault(content.Unauthenticated, "The session has ended. Sign in again.")
	}
	return session, err
}

// finishPasskey signs in with a passkey.
func (h *Handler) finishPasskey(w http.ResponseWriter, r *http.Request, in *passkey.Response) (any, error) {
	who, err := h.o.Passkeys.FinishSignIn(r.Context(), h.origin(r), in, func(person string) bool { return h.allow("person " + person) })
	if err != nil {
		return nil, err //nolint:wrapcheck // it has a code
	}
	return struct{}{}, h.begin(w, r, who, content.SignInPasskey)
}

// answering answers a request of a script, or returns an error.
type answering func(w http.ResponseWriter, r *http.Request, in *passkey.Response) (any, error)

// json returns a handler for requests of a script. A body that is not JSON is refused: a form of another
// site cannot send any.
func (h *Handler) json(do answering) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in := new(passkey.Response)
		var out any
		var err error
		if r.Header.Get("Content-Type") != "application/json" || json.NewDecoder(r.Body).Decode(in) != nil {
			err = content.Fault(content.BadUserInput, "Send JSON.")
		} else {
			out, err = do(w, r, in)
		}
		status := http.StatusOK
		if err != nil {
			var message string
			status, message = h.fault(r, err)
			out = map[string]string{"error": message}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(out)
	}
}
