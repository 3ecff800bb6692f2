package signin

import (
	"net/http"

	"patternhub/internal/content"
)

// openLink shows the page of a one-time link, with a button that uses it. Programs that fetch the links in
// a message therefore do not use it up. The page is the same for every token.
func (h *Handler) openLink(w http.ResponseWriter, r *http.Request) {
	if _, reason := h.o.Place.Origin(r); reason != "" {
		h.refuse(w, r, content.Fault(content.Forbidden, reason))
		return
	}
	query := r.URL.Query()
	h.show(w, r, http.StatusOK, linkPage(h.o.Title, query.Get("token"), Local(query.Get("to"))))
}

// takeLink signs in with a one-time link.
func (h *Handler) takeLink(w http.ResponseWriter, r *http.Request) {
	who, err := h.o.People.TakeLink(r.Context(), r.PostFormValue("token"))
	if err == nil {
		err = h.begin(w, r, who, content.SignInLink)
	}
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	http.Redirect(w, r, Local(r.PostFormValue("to")), http.StatusSeeOther)
}
