package resolvers

import (
	"context"
	"errors"
	"time"

	"patternhub/graph/model"
	"patternhub/internal/auth"
	"patternhub/internal/content"
)

// Accounts manages people and their sessions. Access to what is for admins is checked before its methods
// are called.
type Accounts struct {
	People   *auth.People
	Sessions *auth.Sessions
	Names    *auth.Names
	Keys     *auth.Keys
	// LinkAddress returns the address of the page of a sign-in link.
	LinkAddress func(token string) string
}

// session returns the session of a request. Without one it fails: a key cannot act on sessions.
func (r *Resolver) session(ctx context.Context) (*content.Session, error) {
	if s := r.ViewerOf(ctx).Session; s != nil {
		return s, nil
	}
	return nil, content.Fault(content.Unauthenticated, "This needs a session: sign in at /sign-in.")
}

// mistake turns an error that the caller can correct into a user error about a field of the arguments.
// Others are returned as they are.
func mistake(field string, err error) ([]content.UserError, error) {
	known, ok := errors.AsType[*content.Error](err)
	if !ok {
		return nil, err
	}
	codes := map[content.Code]content.UserErrorCode{
		content.NotFound: content.ErrNotFound, content.BadUserInput: content.ErrInvalid, content.LimitExceeded: content.ErrInvalid,
	}
	code, ok := codes[known.Code]
	if !ok {
		return nil, err
	}
	return []content.UserError{{Field: []string{field}, Message: known.Message, Code: code}}, nil
}

// link makes a sign-in link; minutes is checked here, since 0 would mean the default.
func (a *Accounts) link(ctx context.Context, person string, minutes int) (address *string, ends *time.Time, err error) {
	if minutes < 1 {
		return nil, nil, content.Fault(content.BadUserInput, "A sign-in link is valid for at least a minute.")
	}
	token, at, err := a.People.Link(ctx, person, time.Duration(minutes)*time.Minute)
	if err != nil {
		return nil, nil, err
	}
	text := a.LinkAddress(token)
	return &text, &at, nil
}

// personOutcome is the outcome of a write of a person, in the form that is stored for its idempotency key.
// It has no link, since a link is a secret.
type personOutcome struct {
	Person *content.Person `bson:"person"`
}

// invite makes a person and a link. A repetition with the same idempotency key makes another link of the
// same person.
func (r *Resolver) invite(ctx context.Context, in *model.PersonInviteInput, minutes int) (*model.PersonInvitePayload, error) {
	if minutes < 1 || time.Duration(minutes)*time.Minute > auth.MaxLinkLifetime {
		return &model.PersonInvitePayload{UserErrors: []*content.UserError{{Field: []string{"minutes"}, Message: "A sign-in link is valid for 1 to 10,080 minutes.", Code: content.ErrInvalid}}}, nil
	}
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*personOutcome, []content.UserError, error) {
		who, err := r.Accounts.People.Invite(ctx, in.Name, valueOr(in.Mail, ""), in.AccessRole)
		if err != nil {
			wrong, err := mistake("input", err)
			return nil, wrong, err
		}
		return &personOutcome{Person: who}, nil, nil
	})
	if made == nil || err != nil {
		return &model.PersonInvitePayload{UserErrors: pointers(wrong)}, err
	}
	address, ends, err := r.Accounts.link(ctx, made.Person.Key, minutes)
	return &model.PersonInvitePayload{Person: made.Person, Link: address, LinkEndsAt: ends, UserErrors: []*content.UserError{}}, err
}

// personLink makes a link of a person.
func (r *Resolver) personLink(ctx context.Context, id content.ID, minutes int) (*model.PersonLinkCreatePayload, error) {
	address, ends, err := r.Accounts.link(ctx, keyOf(id, content.NonEntryPerson), minutes)
	wrong, err := wrongID(err)
	return &model.PersonLinkCreatePayload{Link: address, LinkEndsAt: ends, UserErrors: wrong}, err
}

// wrongID is mistake for an error about the argument id, which may be nil.
func wrongID(err error) ([]*content.UserError, error) {
	if err == nil {
		return []*content.UserError{}, nil
	}
	wrong, err := mistake("id", err)
	return pointers(wrong), err
}

// notOneself returns an error if a person is the one who sends the request: administrators would lock
// themselves out.
func (r *Resolver) notOneself(ctx context.Context, person string) error {
	if self := r.ViewerOf(ctx).Person; self != nil && self.Key == person {
		return content.Fault(content.BadUserInput, "You cannot do this to your own account. Ask another administrator, or use patternhub users.")
	}
	return nil
}

// updatePerson changes the role of a person.
func (r *Resolver) updatePerson(ctx context.Context, id content.ID, role content.AccessRole) (*model.PersonUpdatePayload, error) {
	key := keyOf(id, content.NonEntryPerson)
	var who *content.Person
	err := r.notOneself(ctx, key)
	if err == nil {
		who, err = r.Accounts.People.SetRole(ctx, key, role)
	}
	wrong, err := wrongID(err)
	return &model.PersonUpdatePayload{Person: who, UserErrors: wrong}, err
}

// removePerson removes a person.
func (r *Resolver) removePerson(ctx context.Context, id content.ID) (*model.PersonRemovePayload, error) {
	key := keyOf(id, content.NonEntryPerson)
	err := r.notOneself(ctx, key)
	if err == nil {
		err = r.Accounts.People.Remove(ctx, key)
	}
	wrong, err := wrongID(err)
	if len(wrong) > 0 || err != nil {
		return &model.PersonRemovePayload{UserErrors: wrong}, err
	}
	return &model.PersonRemovePayload{Removed: &id, UserErrors: wrong}, nil
}

// endSession ends one session of the viewer, or all.
func (r *Resolver) endSession(ctx context.Context, id *content.ID) (*model.SessionEndPayload, error) {
	own, err := r.session(ctx)
	if err != nil {
		return nil, err
	}
	out := &model.SessionEndPayload{Ended: []*content.ID{}, UserErrors: []*content.UserError{}}
	if id != nil {
		out.UserErrors, err = wrongID(r.Accounts.Sessions.End(ctx, own.PersonKey, keyOf(*id, content.NonEntrySession)))
		if len(out.UserErrors) == 0 {
			out.Ended = append(out.Ended, id)
		}
		return out, err
	}
	list, err := r.Accounts.Sessions.Of(ctx, own.Person)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		ended := s.ID()
		out.Ended = append(out.Ended, &ended)
	}
	return out, r.Accounts.Sessions.EndAll(ctx, own.PersonKey)
}

// deletePasskey deletes a passkey of the viewer.
func (r *Resolver) deletePasskey(ctx context.Context, id content.ID) (*model.PasskeyDeletePayload, error) {
	own, err := r.session(ctx)
	if err != nil {
		return nil, err
	}
	wrong, err := wrongID(r.Accounts.People.DeletePasskey(ctx, own.PersonKey, keyOf(id, content.NonEntryPasskey)))
	if len(wrong) > 0 || err != nil {
		return &model.PasskeyDeletePayload{UserErrors: wrong}, err
	}
	return &model.PasskeyDeletePayload{Deleted: &id, UserErrors: wrong}, nil
}

// ticket makes a ticket of the viewer's session.
func (r *Resolver) ticket(ctx context.Context) (*model.TicketCreatePayload, error) {
	own, err := r.session(ctx)
	if err != nil {
		return nil, err
	}
	ticket, ends, err := r.Accounts.Sessions.Ticket(ctx, own)
	return &model.TicketCreatePayload{Ticket: ticket, EndsAt: ends}, err
}

// sessions lists the sessions of a viewer with a session.
func (a *Accounts) sessions(ctx context.Context, v *content.Viewer) ([]*content.Session, error) {
	if v.Session == nil {
		return []*content.Session{}, nil
	}
	return a.Sessions.Of(ctx, v.Person)
}

// passkeys lists the passkeys of a viewer with a session.
func (a *Accounts) passkeys(ctx context.Context, v *content.Viewer) ([]*content.Passkey, error) {
	if v.Session == nil {
		return []*content.Passkey{}, nil
	}
	return a.People.Passkeys(ctx, v.Person.Key)
}

// account reads a node of accounts: people and keys for admins and for themselves, sessions and passkeys for
// their owner. Otherwise it is nil.
func (r *Resolver) account(ctx context.Context, id content.ID) (content.Node, error) {
	v := r.ViewerOf(ctx)
	switch id.Type {
	case content.NonEntryPerson:
		if !v.AccessRole.Covers(content.RoleAdmin) && (v.Person == nil || v.Person.Key != id.Key) {
			return nil, nil
		}
		who, err := r.Accounts.People.Person(ctx, id.Key)
		if content.CodeOf(err) == content.NotFound {
			return nil, nil
		}
		return asNode(who, err)
	case content.NonEntrySession:
		list, err := r.Accounts.sessions(ctx, v)
		return nodeOf(list, id, err)
	case content.NonEntryPasskey:
		list, err := r.Accounts.passkeys(ctx, v)
		return nodeOf(list, id, err)
	case content.NonEntryKey:
		return r.keyNode(ctx, v, id)
	default:
		return nil, nil
	}
}

// nodeOf returns the node of a list with an id, nil if there is none.
func nodeOf[N content.Node](list []N, id content.ID, err error) (content.Node, error) {
	for _, n := range list {
		if n.ID() == id && err == nil {
			return n, nil
		}
	}
	return nil, err
}

// authorName returns the name of the author of a revision, nil if it is unknown.
func (a *Accounts) authorName(ctx context.Context, by string) (*string, error) {
	name, err := a.Names.Of(ctx, by)
	return orNil(name), err
}
