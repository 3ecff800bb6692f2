package signin

import (
	"net/http"

	"patternhub/internal/content"
)

// account shows the signed-in person, or the ways to sign in.
func (h *Handler) account(w http.ResponseWriter, r *http.Request) {
	if _, reason := h.o.Place.Origin(r); reason != "" {
		h.refuse(w, r, content.Fault(content.Forbidden, reason))
		return
	}
	session, err := h.session(r)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	if session == nil {
		h.show(w, r, http.StatusOK, signInPage(h.o.Title, Local(r.URL.Query().Get("to")), h.o.Providers.Choices()))
		return
	}
	sessions, err := h.o.Sessions.Of(r.Context(), session.Person)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	passkeys, err := h.o.People.Passkeys(r.Context(), session.PersonKey)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	h.show(w, r, http.StatusOK, accountPage(h.o.Title, account{
		session: session, sessions: sessions, passkeys: passkeys, plain: !h.o.Place.Secure(),
	}))
}

// account is what the page of a person shows.
type account struct {
	session  *content.Session // this one
	sessions []*content.Session
	passkeys []*content.Passkey
	plain    bool // the cookie is that of localhost
}

// signed calls do with the session of a request. Without one it shows the ways to sign in.
func (h *Handler) signed(w http.ResponseWriter, r *http.Request, do func(*content.Session) error) {
	session, err := h.session(r)
	if err == nil && session != nil {
		err = do(session)
	}
	if err != nil && content.CodeOf(err) != content.NotFound { // it has ended anyway
		h.refuse(w, r, err)
		return
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// signOut ends the session of the request.
func (h *Handler) signOut(w http.ResponseWriter, r *http.Request) {
	h.o.Place.Forget(w)
	h.signed(w, r, func(s *content.Session) error { return h.o.Sessions.End(r.Context(), s.PersonKey, s.Key) })
}

// signOutEverywhere ends all sessions of the person.
func (h *Handler) signOutEverywhere(w http.ResponseWriter, r *http.Request) {
	h.o.Place.Forget(w)
	h.signed(w, r, func(s *content.Session) error { return h.o.Sessions.EndAll(r.Context(), s.PersonKey) })
}

// endSession ends one session of the person, such as that of a lost telephone.
func (h *Handler) endSession(w http.ResponseWriter, r *http.Request) {
	h.signed(w, r, func(s *content.Session) error {
		return h.o.Sessions.End(r.Context(), s.PersonKey, r.PostFormValue("session"))
	})
}
