package auth_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/auth"
	"patternhub/internal/content"
)

// previews returns Previews over a real key store, with the clock of the keys.
func previews(t *testing.T) (*auth.Previews, *auth.Tokens, *auth.Keys, *clock) {
	t.Helper()
	keys, c := open(t)
	tokens := auth.NewTokens(database("db"), first)
	return auth.NewPreviews(stored{}, tokens, keys, c.now), tokens, keys, c
}

// stored holds previews in memory. A nil one fails.
type stored map[string]*content.Preview

var errStored = errors.New("away")

func (s stored) PutPreview(_ context.Context, p *content.Preview) error {
	if s == nil {
		return errStored
	}
	s[p.ID] = p
	return nil
}

func (s stored) PreviewByID(_ context.Context, id string) (*content.Preview, error) {
	if s == nil {
		return nil, errStored
	}
	return s[id], nil
}

func (s stored) Previews(context.Context) ([]*content.Preview, error) {
	if s == nil {
		return nil, errStored
	}
	return slices.SortedFunc(maps.Values(s), func(a, b *content.Preview) int { return b.CreatedAt.Compare(a.CreatedAt) }), nil
}

func (s stored) DeletePreview(_ context.Context, id string) (bool, error) {
	if s == nil {
		return false, errStored
	}
	_, ok := s[id]
	delete(s, id)
	return ok, nil
}

// check returns the error of a token.
func check(t testing.TB, p *auth.Previews, token string) error {
	t.Helper()
	_, err := p.Check(t.Context(), token)
	return err
}

// mustPreviewOf makes a preview of entries.
func mustPreviewOf(t testing.TB, p *auth.Previews, by *content.APIKey, entries ...content.ID) (string, *content.Preview) {
	t.Helper()
	token, made, err := p.CreateFor(t.Context(), &content.Viewer{AccessRole: by.Role, Key: by}, entries, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token, made
}

func mustPreview(t testing.TB, p *auth.Previews, by *content.APIKey, lifetime time.Duration) (string, time.Time) {
	t.Helper()
	token, ends, err := p.Create(t.Context(), &content.Viewer{AccessRole: by.Role, Key: by}, lifetime)
	if err != nil {
		t.Fatal(err)
	}
	return token, ends
}

func TestPreviewsEndByThemselves(t *testing.T) {
	p, _, keys, c := previews(t)
	_, key := mustCreate(t, keys, 0)
	token, ends := mustPreview(t, p, key, time.Hour)
	if want := c.at.Add(time.Hour); !ends.Equal(want) || ends.Location() != time.UTC {
		t.Errorf("it ends at %v, want %v", ends, want)
	}
	for name, tt := range map[string]struct {
		after time.Duration
		code  content.Code
	}{
		"at once": {0, ""}, "a second before its end": {time.Hour - time.Second, ""}, "at its end": {time.Hour, content.Unauthenticated}, "later": {24 * time.Hour, content.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			begun := c.at
			defer func() { c.at = begun }()
			c.at = c.at.Add(tt.after)
			if got := content.CodeOf(check(t, p, token)); got != tt.code {
				t.Errorf("got %q, want %q", got, tt.code)
			}
		})
	}
}

func TestPreviewsEndWithTheirKey(t *testing.T) {
	p, _, keys, c := previews(t)
	_, revoked := mustCreate(t, keys, 0)
	_, short := mustCreate(t, keys, time.Minute)
	_, valid := mustCreate(t, keys, 0)
	ofRevoked, _ := mustPreview(t, p, revoked, time.Hour)
	ofShort, _ := mustPreview(t, p, short, time.Hour)
	ofValid, _ := mustPreview(t, p, valid, time.Hour)
	for _, token := range []string{ofRevoked, ofShort, ofValid} {
		if err := check(t, p, token); err != nil {
			t.Fatal(err)
		}
	}
	if err := keys.Revoke(t.Context(), revoked.Key); err != nil {
		t.Fatal(err)
	}
	if err := check(t, p, ofRevoked); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("after its key was revoked: %v", err)
	}
	c.at = c.at.Add(2 * time.Minute)
	if err := check(t, p, ofShort); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("after its key has ended: %v", err)
	}
	if err := check(t, p, ofValid); err != nil {
		t.Errorf("that of another key: %v", err)
	}
}

func TestPreviewsNeedAKey(t *testing.T) {
	p, _, _, _ := previews(t)
	if token, _, err := p.Create(t.Context(), &content.Viewer{AccessRole: content.RolePreviewer}, time.Hour); content.CodeOf(err) != content.Unauthenticated || token != "" {
		t.Errorf("without a key: %q, %v", token, err)
	}
}

func TestWrongPreviewsAreRefusedAlike(t *testing.T) {
	p, tokens, keys, c := previews(t)
	secret, key := mustCreate(t, keys, 0)
	good, _ := mustPreview(t, p, key, time.Hour)
	sign := func(purpose, payload string) string {
		t.Helper()
		token, err := tokens.Sign(t.Context(), purpose, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	until := strconv.FormatInt(c.at.Add(time.Hour).Unix(), 36)
	if err := check(t, p, sign("preview", until+"|"+key.Key)); err != nil {
		t.Fatalf("one as it should be: %v", err)
	}
	var said string
	for name, token := range map[string]string{
		"empty": "", "an API key": secret, "cut": good[:len(good)-2], "longer": good + "AAAA", "huge": strings.Repeat("A", 5000),
		"other purpose": sign("sync", until+"|"+key.Key), "no time": sign("preview", "|"+key.Key), "no key": sign("preview", until),
		"unknown key": sign("preview", until+"|none"), "empty key": sign("preview", until+"|"), "before all time": sign("preview", "-1|"+key.Key),
		"other secret": mustForeign(t, until+"|"+key.Key),
	} {
		t.Run(name, func(t *testing.T) {
			err := check(t, p, token)
			if content.CodeOf(err) != content.Unauthenticated {
				t.Fatalf("got %v", err)
			}
			if said == "" {
				said = err.Error()
			}
			if err.Error() != said {
				t.Errorf("%q says more than %q", err, said)
			}
		})
	}
}

// mustForeign signs a preview with a secret that is not the hub's.
func mustForeign(t *testing.T, payload string) string {
	t.Helper()
	token, err := auth.NewTokens(database("db"), second).Sign(t.Context(), "preview", []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestPreviewsReportAMissingDatabase(t *testing.T) {
	p, _, keys, _ := previews(t)
	_, key := mustCreate(t, keys, 0)
	token, _ := mustPreview(t, p, key, time.Hour)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Check(gone, token); err == nil || content.CodeOf(err) == content.Unauthenticated {
		t.Errorf("checking with a key that cannot be read: %v", err)
	}
	away := database("db")
	away.err = errors.New("away")
	unsigned := auth.NewPreviews(stored{}, auth.NewTokens(away), keys, nil)
	if _, _, err := unsigned.Create(t.Context(), &content.Viewer{Key: key}, time.Hour); !errors.Is(err, away.err) {
		t.Errorf("creating: %v", err)
	}
	if err := check(t, unsigned, token); !errors.Is(err, away.err) {
		t.Errorf("checking: %v", err)
	}
}

// TestAPreviewIsOfItsEntries makes previews and compares what their tokens are of and what the list shows.
func TestAPreviewIsOfItsEntries(t *testing.T) {
	p, _, keys, c := previews(t)
	_, key := mustCreate(t, keys, 0)
	saga, outbox := content.ID{Type: content.TypePattern, Key: "saga"}, content.ID{Type: content.TypePattern, Key: "outbox"}
	first, of := mustPreviewOf(t, p, key, saga)
	c.at = c.at.Add(time.Minute)
	second, ofBoth := mustPreviewOf(t, p, key, saga, outbox)
	whole, _ := mustPreview(t, p, key, time.Hour)
	for name, tt := range map[string]struct {
		token string
		want  *content.Preview
	}{"one entry": {first, of}, "two entries": {second, ofBoth}, "the whole draft graph": {whole, nil}} {
		got, err := p.Check(t.Context(), tt.token)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if !slices.Equal(ofBoth.IDs(), []content.ID{saga, outbox}) || ofBoth.By != key.Key || !ofBoth.ExpiresAt.Equal(c.at.Add(time.Hour)) {
		t.Errorf("the preview is %+v", ofBoth)
	}
	list, err := p.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]*content.Preview{ofBoth, of}, list); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(first, of.ID) || first == second {
		t.Errorf("the token %s has the name of the preview in it", first)
	}
}

// TestPreviewsEnd: a token ends at its time, with its key, and when it is revoked; it is not listed any more, and
// the message is the same.
func TestPreviewsEnd(t *testing.T) {
	saga := content.ID{Type: content.TypePattern, Key: "saga"}
	for name, end := range map[string]func(p *auth.Previews, keys *auth.Keys, c *clock, of *content.Preview) error{
		"by its time": func(_ *auth.Previews, _ *auth.Keys, c *clock, _ *content.Preview) error {
			c.at = c.at.Add(time.Hour)
			return nil
		},
		"with its key": func(_ *auth.Previews, keys *auth.Keys, _ *clock, of *content.Preview) error {
			return keys.Revoke(t.Context(), of.By)
		},
		"when it is revoked": func(p *auth.Previews, _ *auth.Keys, _ *clock, of *content.Preview) error {
			ok, err := p.Revoke(t.Context(), of.ID)
			if !ok {
				t.Error("there was no preview")
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, _, keys, c := previews(t)
			_, key := mustCreate(t, keys, 0)
			token, of := mustPreviewOf(t, p, key, saga)
			if err := check(t, p, token); err != nil {
				t.Fatal(err)
			}
			if err := end(p, keys, c, of); err != nil {
				t.Fatal(err)
			}
			if err, nonsense := check(t, p, token), check(t, p, "nonsense"); content.CodeOf(err) != content.Unauthenticated || err.Error() != nonsense.Error() {
				t.Errorf("it is answered %v, a wrong one %v", err, nonsense)
			}
			if list, err := p.List(t.Context()); err != nil || len(list) > 0 {
				t.Errorf("the list is %+v (%v)", list, err)
			}
		})
	}
}

// TestTokensOfEntriesAreSigned: the name of a preview is in lists, and no token.
func TestTokensOfEntriesAreSigned(t *testing.T) {
	p, tokens, keys, _ := previews(t)
	_, key := mustCreate(t, keys, 0)
	_, of := mustPreviewOf(t, p, key, content.ID{Type: content.TypeLaw, Key: "l"})
	for name, purpose := range map[string]string{"signed for something else": "sync", "signed as a token for the draft graph": "preview"} {
		token, err := tokens.Sign(t.Context(), purpose, []byte(of.ID))
		if err != nil {
			t.Fatal(err)
		}
		if err := check(t, p, token); content.CodeOf(err) != content.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, token := range map[string]string{"its name": of.ID, "a signed name of none": mustForeign(t, of.ID)} {
		if err := check(t, p, token); content.CodeOf(err) != content.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPreviewsOfEntriesReportAMissingStore(t *testing.T) {
	p, tokens, keys, c := previews(t)
	_, key := mustCreate(t, keys, 0)
	token, of := mustPreviewOf(t, p, key)
	away := auth.NewPreviews(stored(nil), tokens, keys, c.now)
	_, _, create := away.CreateFor(t.Context(), &content.Viewer{Key: key}, nil, time.Hour)
	_, list := away.List(t.Context())
	_, revoke := away.Revoke(t.Context(), of.ID)
	for name, err := range map[string]error{"create": create, "check": check(t, away, token), "list": list, "revoke": revoke} {
		if !errors.Is(err, errStored) {
			t.Errorf("%s: %v", name, err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	c.at = c.at.Add(time.Second) // the key is read again
	if list, err := p.List(gone); err == nil {
		t.Errorf("a list whose keys cannot be read is %+v", list)
	}
	if _, _, err := p.CreateFor(t.Context(), &content.Viewer{AccessRole: content.RoleAdmin}, nil, time.Hour); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("without a key: %v", err)
	}
}
