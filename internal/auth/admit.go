package auth

import (
	"context"

	"patternhub/internal/content"
)

// WithSessions makes the authenticator accept sessions, and returns it.
func (a *Authenticator) WithSessions(s *Sessions) *Authenticator {
	a.sessions = s
	return a
}

// admitSession adds the rights of a session to an admission. A ticket counts like the cookie of its
// session. Later checks look at the session itself, since a ticket ends long before its connection.
func (a *Authenticator) admitSession(ctx context.Context, c *Credentials, out *Admission) error {
	if a.sessions == nil {
		return sessionEnded()
	}
	find, secret := a.sessions.BySecret, c.Session
	if c.Ticket != "" {
		find, secret = a.sessions.ByTicket, c.Ticket
	}
	session, err := find(ctx, secret)
	if err != nil {
		return err
	}
	role := session.Person.Role
	out.Viewer.Session, out.Viewer.Person, out.Viewer.AccessRole = session, session.Person, role
	out.Scope, out.Sender, out.NoStore = "session:"+string(role), "person:"+session.PersonKey, true
	out.AnyDocument = role.Covers(content.RoleAuthor)
	out.Check = func(ctx context.Context) error {
		_, err := a.sessions.Still(ctx, session.Key, role)
		return err
	}
	return nil
}
