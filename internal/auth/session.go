package auth

import (
	"context"
	"crypto/subtle"
	"fmt"
	"sync"
	"time"

	"patternhub/internal/content"
)

const (
	// sessionPrefix starts the secret of every session, which is the value of the cookie.
	sessionPrefix = "phs_"
	// SessionLifetime is the time after which a session ends in any case.
	SessionLifetime = 7 * 24 * time.Hour
	// SessionIdle is the time after which a session ends that is not used.
	SessionIdle = 12 * time.Hour
	// TicketLifetime is the time in which a ticket opens a socket or a stream.
	TicketLifetime = 30 * time.Second
	// purposeTicket is the purpose that tickets are signed for.
	purposeTicket = "ticket"
	// maxBrowser bounds the stored name of a browser.
	maxBrowser = 200
)

// Sessions makes and verifies sessions. It is safe for concurrent use. It caches each session for
// cacheFor, like a key.
type Sessions struct {
	store  Accounts
	tokens *Tokens
	now    func() time.Time

	mu    sync.Mutex               // guards cache
	cache map[string]cachedSession // by key
}

// cachedSession is the result of one read of a session.
type cachedSession struct {
	session *content.Session // nil for an unknown key
	readAt  time.Time
	touched time.Time // when its use was last recorded; a new read does not change it
}

// NewSessions returns Sessions. The tokens sign tickets. A nil now means time.Now.
func NewSessions(store Accounts, tokens *Tokens, now func() time.Time) *Sessions {
	if now == nil {
		now = time.Now
	}
	return &Sessions{store: store, tokens: tokens, now: now, cache: map[string]cachedSession{}}
}

// Begin signs a person in: it makes a session and returns its secret, which is stored nowhere. It ends
// the session whose secret is former, so that a session does not pass from one person to the next.
func (s *Sessions) Begin(ctx context.Context, who *content.Person, how content.SignInMethod, browser, former string) (string, error) {
	now := s.now().UTC()
	id, secret := randomWord(idBytes), randomWord(secretBytes)
	made := &content.Session{
		Key: id, Hash: hash(secret), PersonKey: who.Key, Method: how, Browser: cleanBrowser(browser),
		CreatedAt: now, UsedAt: now, EndsAt: now.Add(SessionLifetime),
	}
	if old, err := s.BySecret(ctx, former); err == nil {
		// It may have ended meanwhile.
		if err := s.End(ctx, old.PersonKey, old.Key); err != nil && content.CodeOf(err) != content.NotFound {
			return "", err
		}
	}
	if err := s.store.PutSession(ctx, made); err != nil {
		return "", fmt.Errorf("begin session: %w", err)
	}
	// The role may have been lowered since who was read, so nothing of who is written.
	if ok, err := s.store.RecordSignIn(ctx, who.Key, now); err != nil || !ok {
		return "", fmt.Errorf("record sign-in of %s: %w", who.Key, errOr(err, sessionEnded()))
	}
	return sessionPrefix + id + "_" + secret, nil
}

// errOr returns err, or other if err is nil.
func errOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// cleanBrowser returns the name of a browser without control characters, shortened.
func cleanBrowser(name string) string {
	return CleanName(name[:min(len(name), maxBrowser)])
}

// sessionEnded returns the error for a wrong session. It is the same for every one.
func sessionEnded() error {
	return content.Fault(content.Unauthenticated, "The session has ended. Sign in again at /sign-in.")
}

// BySecret returns the session of a secret, with its person. The error for a secret that is wrong in any
// way is Unauthenticated; any other error means that the store could not be read.
func (s *Sessions) BySecret(ctx context.Context, secret string) (*content.Session, error) {
	id, secret, ok := cutToken(secret, sessionPrefix)
	if !ok {
		return nil, sessionEnded()
	}
	found, err := s.byKey(ctx, id)
	if err != nil {
		return nil, err
	}
	// An unknown session takes the same comparison, with a hash that no secret has.
	want := make([]byte, len(hash("")))
	if found != nil {
		want = found.Hash
	}
	if subtle.ConstantTimeCompare(hash(secret), want) != 1 || !s.alive(found) {
		return nil, sessionEnded()
	}
	s.touch(ctx, id)
	return found, nil
}

// alive reports whether a session can be used: it has not ended, it was used lately, and its person is
// not removed. nil is not alive.
func (s *Sessions) alive(found *content.Session) bool {
	now := s.now()
	return found != nil && now.Before(found.EndsAt) && now.Sub(found.UsedAt) < SessionIdle &&
		found.Person != nil && found.Person.RemovedAt == nil
}

// Still returns the session with a key if it can be used and its person has the given role. It serves
// connections that outlive a request, which end when either changes.
func (s *Sessions) Still(ctx context.Context, key string, role content.AccessRole) (*content.Session, error) {
	found, err := s.byKey(ctx, key)
	if err != nil {
		return nil, err
	}
	if !s.alive(found) || found.Person.Role != role {
		return nil, sessionEnded()
	}
	return found, nil
}

// byKey returns a session from the cache or the store; nil for an unknown key, which is cached too.
func (s *Sessions) byKey(ctx context.Context, key string) (*content.Session, error) {
	now := s.now()
	s.mu.Lock()
	r, ok := s.cache[key]
	s.mu.Unlock()
	if ok && now.Sub(r.readAt) < cacheFor {
		return r.session, nil
	}
	found, err := s.store.SessionByKey(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.cache) >= maxCached {
		clear(s.cache)
	}
	s.cache[key] = cachedSession{session: found, readAt: now, touched: r.touched}
	return found, nil
}

// touch records the use of a session, at most once in touchEvery. A failure to record it is no reason
// to refuse the session, so it is ignored.
func (s *Sessions) touch(ctx context.Context, key string) {
	now := s.now()
	s.mu.Lock()
	r := s.cache[key]
	due := now.Sub(r.touched) >= touchEvery
	if due {
		r.touched = now
		s.cache[key] = r
	}
	s.mu.Unlock()
	if due {
		_ = s.store.TouchSession(ctx, key, now.UTC())
	}
}

// Of returns the sessions of a person that can be used, the newest first.
func (s *Sessions) Of(ctx context.Context, who *content.Person) ([]*content.Session, error) {
	found, err := s.store.SessionsOf(ctx, who.Key)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	out := []*content.Session{}
	for _, one := range found {
		if one.Person = who; s.alive(one) {
			out = append(out, one)
		}
	}
	return out, nil
}

// End ends a session of a person. A session that there is not fails with NotFound. This replica refuses
// the session immediately, other replicas once their copy is older than cacheFor.
func (s *Sessions) End(ctx context.Context, person, key string) error {
	ok, err := s.store.EndSession(ctx, person, key)
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	if !ok {
		return content.Fault(content.NotFound, "There is no session with that id.")
	}
	s.forget(func(one *content.Session) bool { return one.Key == key })
	return nil
}

// EndAll ends all sessions of a person.
func (s *Sessions) EndAll(ctx context.Context, person string) error {
	if err := s.store.EndSessions(ctx, person); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	s.forget(func(one *content.Session) bool { return one.PersonKey == person })
	return nil
}

// forget removes cached sessions.
func (s *Sessions) forget(which func(*content.Session) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, r := range s.cache {
		if r.session != nil && which(r.session) {
			delete(s.cache, key)
		}
	}
}

// Ticket returns a token with which a page of the hub opens a socket or a stream in a session, and its
// end. A browser sends cookies with a socket whichever page opens it, but only the page has a ticket.
func (s *Sessions) Ticket(ctx context.Context, session *content.Session) (string, time.Time, error) {
	ends := s.now().Add(TicketLifetime).UTC().Truncate(time.Second)
	token, err := s.tokens.signUntil(ctx, purposeTicket, ends, session.Key)
	return token, ends, err
}

// ByTicket returns the session of a ticket. The error for a ticket that is wrong in any way is
// Unauthenticated.
func (s *Sessions) ByTicket(ctx context.Context, ticket string) (*content.Session, error) {
	key, ends, ok, err := s.tokens.verifyUntil(ctx, purposeTicket, ticket)
	if err != nil {
		return nil, err
	}
	refused := content.Fault(content.Unauthenticated, "The ticket is not valid or has expired. Ask for a new one with ticketCreate.")
	if !ok || !s.now().Before(ends) {
		return nil, refused
	}
	found, err := s.byKey(ctx, key)
	if err != nil {
		return nil, err
	}
	if !s.alive(found) {
		return nil, refused
	}
	return found, nil
}
