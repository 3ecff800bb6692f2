package hub_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/mongodb/mongotest"
)

// manned is a seeded hub at localhost with a folder of its own.
type manned struct {
	*staffed
	dir, origin string
}

// newManned starts a seeded hub with a data folder that is removed with the test.
func newManned(t *testing.T, args ...string) *manned {
	t.Helper()
	m := &manned{dir: t.TempDir()}
	m.staffed = newStaffed(t, append([]string{"--data-dir", m.dir}, args...)...)
	m.origin = m.at(m.service)
	return m
}

// at returns the origin of a replica as a browser has it.
func (m *manned) at(s *service) string {
	u, err := url.Parse(s.url)
	if err != nil {
		panic(err) // the program has printed it
	}
	return "http://localhost:" + u.Port()
}

// browser is a client with the cookie of a session.
type browser struct {
	origin string
	cookie string // "name=value", "" when signed out
	body   string // of the last answer
}

// open makes a browser without a cookie.
func (m *manned) open() *browser { return &browser{origin: m.origin} }

// request sends a request with the browser's cookie and keeps the cookie of the answer. It follows no
// redirect. Headers are name and value; an empty value removes one.
func (b *browser) request(t *testing.T, method, path, body string, headers ...header) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.origin+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if b.cookie != "" {
		req.Header.Set("Cookie", b.cookie)
	}
	for _, h := range headers {
		if req.Header.Set(h[0], h[1]); h[1] == "" {
			req.Header.Del(h[0])
		}
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	b.body = string(text)
	for _, c := range resp.Cookies() {
		if strings.HasSuffix(c.Name, "patternhub") {
			if b.cookie = c.Name + "=" + c.Value; c.MaxAge < 0 {
				b.cookie = ""
			}
		}
	}
	return resp
}

// submit sends a form as a page of the hub does.
func (b *browser) submit(t *testing.T, path string, form url.Values, headers ...header) *http.Response {
	t.Helper()
	headers = append([]header{{"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", b.origin}, {"Sec-Fetch-Site", "same-origin"}}, headers...)
	return b.request(t, http.MethodPost, path, form.Encode(), headers...)
}

// query sends an operation as a page of the hub does and returns the answer.
func (b *browser) query(t *testing.T, query string, headers ...header) (*answer, *http.Response) {
	t.Helper()
	return b.queryWith(t, query, nil, headers...)
}

// queryWith is query with variables.
func (b *browser) queryWith(t *testing.T, query string, variables map[string]any, headers ...header) (*answer, *http.Response) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	headers = append([]header{{"Content-Type", "application/json"}, {"Origin", b.origin}, {"Sec-Fetch-Site", "same-origin"}}, headers...)
	resp := b.request(t, http.MethodPost, "/graphql", string(body), headers...)
	a := &answer{status: resp.StatusCode}
	if err := json.Unmarshal([]byte(b.body), a); err != nil {
		t.Fatalf("%s: %v: %s", query, err, b.body)
	}
	return a, resp
}

// role returns the role with which the browser's pages are served, or a code of an error.
func (b *browser) role(t *testing.T, headers ...header) string {
	t.Helper()
	a, _ := b.query(t, `{ viewer { accessRole } }`, headers...)
	if len(a.Errors) > 0 {
		return a.Errors[0].Extensions.Code
	}
	return at(a.Data, "viewer", "accessRole").(string)
}

// token returns the token of a sign-in link.
func token(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || u.Path != "/sign-in/link" || u.Query().Get("token") == "" {
		t.Fatalf("%q is no sign-in link (%v)", link, err)
	}
	return u.Query().Get("token")
}

// first returns the link of the first administrator and the file that has it.
func (m *manned) first(t *testing.T) (link, file string) {
	t.Helper()
	file = m.mustHear(t, `^The sign-in link of the first administrator is in (\S+)\.`)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text)), file
}

// signIn signs a new person with a role in and returns the browser and the id of the person.
func (m *manned) signIn(t *testing.T, role string) (b *browser, person string) {
	t.Helper()
	out := m.command(t, "users", "invite", "--role", role, "Ada "+role)
	link, rest, _ := strings.Cut(out, "\n")
	_, rest, _ = strings.Cut(rest, "the id ")
	person, _, _ = strings.Cut(rest, ",")
	b = m.open()
	if resp := b.submit(t, "/sign-in/link", url.Values{"token": {token(t, link)}}); resp.StatusCode != http.StatusSeeOther || b.cookie == "" {
		t.Fatalf("signing in: %s %s", resp.Status, b.body)
	}
	return b, person
}

// TestTheFirstAdministratorSignsInWithALink shows that the link is in a private file and not in the
// output, that opening it does not sign in, and that its form does so once.
func TestTheFirstAdministratorSignsInWithALink(t *testing.T) {
	m := newManned(t)
	link, file := m.first(t)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || filepath.Dir(file) != m.dir {
		t.Errorf("%s: %v %v", file, info.Mode(), err)
	}
	if !strings.HasPrefix(link, m.origin+"/sign-in/link?token=") {
		t.Errorf("the link is %s, the hub is at %s", link, m.origin)
	}
	if strings.Contains(strings.Join(m.said.lines, "\n"), token(t, link)) {
		t.Error("what is printed has the token")
	}
	b := m.open()
	// A program that fetches links does not use this one up.
	for range 3 {
		if resp := b.request(t, http.MethodGet, strings.TrimPrefix(link, m.origin), ""); resp.StatusCode != http.StatusOK || b.cookie != "" {
			t.Fatalf("opening the link: %s, cookie %q", resp.Status, b.cookie)
		}
	}
	form := url.Values{"token": {token(t, link)}, "to": {"/laws"}}
	resp := b.submit(t, "/sign-in/link", form)
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/laws" {
		t.Fatalf("using the link: %s to %q: %s", resp.Status, resp.Header.Get("Location"), b.body)
	}
	c := resp.Cookies()[0]
	c.Raw, c.Value, c.RawExpires = "", "", ""
	want := &http.Cookie{Name: "patternhub", Path: "/", MaxAge: 7 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteStrictMode}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("the cookie (-want +got):\n%s", diff)
	}
	if got := b.role(t); got != "ADMIN" {
		t.Errorf("the role is %s", got)
	}
	if b.request(t, http.MethodGet, "/sign-in", ""); !strings.Contains(b.body, "<strong>Administrator</strong>") || !strings.Contains(b.body, "over http") {
		t.Errorf("the page of the account is %s", b.body)
	}
	if resp := m.open().submit(t, "/sign-in/link", form); resp.StatusCode != http.StatusUnauthorized || len(resp.Cookies()) > 0 {
		t.Errorf("using the link again: %s", resp.Status)
	}
}

// TestReplicasAndLaterStarts: each start shows a link until an administrator has signed in; one use ends
// all of them.
func TestReplicasAndLaterStarts(t *testing.T) {
	m := newManned(t)
	one, _ := m.first(t)
	other := &manned{staffed: &staffed{uri: m.uri, database: m.database}, dir: t.TempDir()}
	other.service = start(t, "--mongodb-uri", m.uri, "--mongodb-database", m.database, "--data-dir", other.dir)
	other.origin = other.at(other.service)
	two, _ := other.first(t)
	if token(t, one) == token(t, two) {
		t.Error("both replicas show one link")
	}
	b := other.open()
	b.submit(t, "/sign-in/link", url.Values{"token": {token(t, two)}})
	if got := b.role(t); got != "ADMIN" {
		t.Fatalf("the role is %s", got)
	}
	if here := (&browser{origin: m.origin, cookie: b.cookie}); here.role(t) != "ADMIN" {
		t.Error("the other replica does not know the session")
	}
	if resp := m.open().submit(t, "/sign-in/link", url.Values{"token": {token(t, one)}}); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("the link of the other replica after one was used: %s", resp.Status)
	}
	third := start(t, "--mongodb-uri", m.uri, "--mongodb-database", m.database, "--data-dir", other.dir, "--site-url", "http://hub.example")
	third.mustHear(t, `^Sign-in is off\. .*https`)
	third.mustHear(t, "^Ready")
	if _, err := os.Stat(filepath.Join(other.dir, "first-sign-in-link")); err != nil {
		t.Error(err)
	}
}

// TestWhatACookieCountsFor sends the cookie of an administrator in all ways.
func TestWhatACookieCountsFor(t *testing.T) {
	m := newManned(t)
	b, _ := m.signIn(t, "admin")
	cookie := b.cookie
	for name, tt := range map[string]struct {
		headers []header
		want    string
	}{
		"a page of the hub":        {nil, "ADMIN"},
		"without fetch metadata":   {[]header{{"Sec-Fetch-Site", ""}}, "ADMIN"},
		"no origin":                {[]header{{"Origin", ""}}, "READER"},
		"another site":             {[]header{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}}, "READER"},
		"a forged origin":          {[]header{{"Sec-Fetch-Site", "cross-site"}}, "READER"},
		"another port":             {[]header{{"Origin", "http://localhost:1"}, {"Sec-Fetch-Site", "same-site"}}, "READER"},
		"the null origin":          {[]header{{"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}}, "READER"},
		"https instead":            {[]header{{"Origin", strings.Replace(m.origin, "http:", "https:", 1)}}, "READER"},
		"a longer origin":          {[]header{{"Origin", m.origin + ".evil.example"}}, "READER"},
		"a name that is rebound":   {[]header{{"Origin", strings.Replace(m.origin, "localhost", "127.0.0.1", 1)}}, "READER"},
		"a key beside":             {[]header{m.as("AUTHOR")}, "AUTHOR"},
		"a wrong key beside":       {[]header{{"Authorization", "Bearer phk_a_b"}}, "UNAUTHENTICATED"},
		"two cookies":              {[]header{{"Cookie", cookie + "; " + cookie}}, "READER"},
		"the name of https":        {[]header{{"Cookie", "__Host-" + cookie}}, "READER"},
		"another secret":           {[]header{{"Cookie", cookie[:len(cookie)-1]}}, "UNAUTHENTICATED"},
		"the secret as a key":      {[]header{{"Cookie", ""}, {"Authorization", "Bearer " + strings.TrimPrefix(cookie, "patternhub=")}}, "UNAUTHENTICATED"},
		"the secret as a ticket":   {[]header{{"X-Session-Ticket", strings.TrimPrefix(cookie, "patternhub=")}}, "UNAUTHENTICATED"},
		"the secret as preview":    {[]header{{"X-Preview-Token", strings.TrimPrefix(cookie, "patternhub=")}}, "UNAUTHENTICATED"},
		"graphql-response as type": {[]header{{"Content-Type", "application/json; charset=utf-8"}}, "ADMIN"},
	} {
		t.Run(name, func(t *testing.T) {
			b := &browser{origin: m.origin, cookie: cookie}
			if got := b.role(t, tt.headers...); got != tt.want {
				t.Errorf("the role is %s, want %s", got, tt.want)
			}
		})
	}
	query := "/graphql?query=" + url.QueryEscape(`{ viewer { accessRole } }`)
	for name, headers := range map[string][]header{
		"plain": nil, "own origin": {{"Origin", m.origin}, {"Sec-Fetch-Site", "same-origin"}},
	} {
		resp := b.request(t, http.MethodGet, query, "", headers...)
		if !strings.Contains(b.body, `"READER"`) || resp.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("a GET, %s: %s %s", name, resp.Header.Get("Cache-Control"), b.body)
		}
	}
	public := "/graphql?query=" + url.QueryEscape(`{ laws { name } }`)
	for name, tt := range map[string]struct{ cookie, want string }{
		"anonymous": {"", "public, max-age=60, stale-while-revalidate=60"}, "signed in": {cookie, "private, no-store"}, "with an ended session": {"patternhub=phs_a_b", "private, no-store"},
	} {
		b := &browser{origin: m.origin, cookie: tt.cookie}
		resp := b.request(t, http.MethodGet, public, "")
		if got := resp.Header.Get("Cache-Control"); got != tt.want || (resp.Header.Get("ETag") != "") != (tt.cookie == "") {
			t.Errorf("%s: %d %q, tag %q, %s", name, resp.StatusCode, got, resp.Header.Get("ETag"), b.body)
		}
	}
	if _, resp := b.query(t, `{ laws { name } }`); resp.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("a POST: %q", resp.Header.Get("Cache-Control"))
	}
	gone := &browser{origin: m.origin, cookie: "patternhub=phs_a_b"}
	if got := gone.role(t); got != "UNAUTHENTICATED" || gone.cookie != "" {
		t.Errorf("an ended session: %s, cookie %q", got, gone.cookie)
	}
}

// TestSignInPagesTakeTheirOwnFormsOnly sends every form as other sites can.
func TestSignInPagesTakeTheirOwnFormsOnly(t *testing.T) {
	m := newManned(t)
	b, _ := m.signIn(t, "author")
	out := m.command(t, "users", "invite", "--role", "reader", "Lin")
	link, _, _ := strings.Cut(out, "\n")
	for _, path := range []string{"/sign-in/link", "/sign-in/out", "/sign-in/out-everywhere", "/sign-in/end"} {
		for name, headers := range map[string][]header{
			"another site": {{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}},
			"no origin":    {{"Origin", ""}, {"Sec-Fetch-Site", ""}},
			"null":         {{"Origin", "null"}},
			"same site":    {{"Origin", "http://localhost:1"}, {"Sec-Fetch-Site", "same-site"}},
		} {
			resp := b.submit(t, path, url.Values{"token": {token(t, link)}}, headers...)
			if resp.StatusCode != http.StatusForbidden || len(resp.Cookies()) > 0 {
				t.Errorf("%s from %s: %s", path, name, resp.Status)
			}
		}
		if resp := b.request(t, http.MethodGet, path, ""); path != "/sign-in/link" && resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("GET %s: %s", path, resp.Status)
		}
	}
	if got := b.role(t); got != "AUTHOR" {
		t.Errorf("after that the role is %s", got)
	}
	elsewhere := &browser{origin: strings.Replace(m.origin, "localhost", "127.0.0.1", 1)}
	if resp := elsewhere.request(t, http.MethodGet, "/sign-in?to=/a", ""); resp.StatusCode != http.StatusFound || resp.Header.Get("Location") != m.origin+"/sign-in?to=/a" {
		t.Errorf("by number: %s to %s", resp.Status, resp.Header.Get("Location"))
	}
}

// TestSessionsAreRotatedAndEnded shows that each sign-in ends the session before it, and that each way of ending a
// session ends it.
func TestSessionsAreRotatedAndEnded(t *testing.T) {
	m := newManned(t)
	mallory, _ := m.signIn(t, "reader")
	out := m.command(t, "users", "invite", "--role", "publisher", "Lin")
	link, _, _ := strings.Cut(out, "\n")
	fixed := mallory.cookie
	lin := &browser{origin: m.origin, cookie: fixed}
	lin.submit(t, "/sign-in/link", url.Values{"token": {token(t, link)}})
	if lin.cookie == fixed || lin.role(t) != "PUBLISHER" {
		t.Errorf("the cookie %q stays", fixed)
	}
	if got := mallory.role(t); got != "UNAUTHENTICATED" {
		t.Errorf("who has fixed the session is %s", got)
	}
	for name, path := range map[string]string{"sign out": "/sign-in/out", "sign out everywhere": "/sign-in/out-everywhere"} {
		t.Run(name, func(t *testing.T) {
			b, person := m.signIn(t, "author")
			second := m.open()
			again, _, _ := strings.Cut(m.command(t, "users", "link", person), "\n")
			second.submit(t, "/sign-in/link", url.Values{"token": {token(t, again)}})
			kept := b.cookie
			if resp := b.submit(t, path, nil); resp.StatusCode != http.StatusSeeOther || b.cookie != "" {
				t.Fatalf("%s, cookie %q", resp.Status, b.cookie)
			}
			if got := (&browser{origin: m.origin, cookie: kept}).role(t); got != "UNAUTHENTICATED" {
				t.Errorf("the cookie still has the role %s", got)
			}
			if got, want := second.role(t), map[bool]string{true: "AUTHOR", false: "UNAUTHENTICATED"}[path == "/sign-in/out"]; got != want {
				t.Errorf("the other session: %s, want %s", got, want)
			}
		})
	}
}

// TestACommandEndsWhatAPersonHas removes a person, with a session, a link and a key.
func TestACommandEndsWhatAPersonHas(t *testing.T) {
	m := newManned(t)
	b, person := m.signIn(t, "author")
	link, _, _ := strings.Cut(m.command(t, "users", "link", person), "\n")
	key, _, _ := strings.Cut(m.command(t, "keys", "create", "--role", "author", "--person", person, "--name", "laptop"), "\n")
	var out bytes.Buffer
	if err := run(t.Context(), []string{"keys", "create", "--role", "publisher", "--person", person, "--mongodb-uri", m.uri, "--mongodb-database", m.database}, func(string) string { return "" }, &out); err == nil {
		t.Error("a key has more than the role of its person")
	}
	bearer := header{"Authorization", "Bearer " + key}
	made, _ := b.query(t, `mutation { companyCreate(input: {slug: "acme", name: "Acme", summary: "Makes things.", kind: COMPANY, industry: "Tools"}) { userErrors { message } } }`)
	if len(made.Errors) > 0 {
		t.Fatalf("%+v", made.Errors)
	}
	m.mustSend(t, `mutation { companyCreate(input: {slug: "beta", name: "Beta", summary: "Makes things.", kind: COMPANY, industry: "Tools"}) { userErrors { message } } }`, nil, bearer)
	if got := m.command(t, "users", "list"); !strings.Contains(got, person) {
		t.Errorf("the list is %s", got)
	}
	m.command(t, "users", "revoke", person)
	eventually(t, func(context.Context) bool { return b.role(t) == "UNAUTHENTICATED" })
	if resp := m.open().submit(t, "/sign-in/link", url.Values{"token": {token(t, link)}}); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("the link: %s", resp.Status)
	}
	eventually(t, func(ctx context.Context) bool {
		a, _, err := m.send(ctx, `{ viewer { accessRole } }`, nil, bearer)
		return err == nil && a.status == http.StatusUnauthorized
	})
	if got := m.command(t, "users", "list"); strings.Contains(got, person) {
		t.Errorf("the list is %s", got)
	}
	got := m.command(t, "log", "--by", person)
	if !strings.Contains(got, "Ada author ") || !strings.Contains(got, "Ada author by laptop") || strings.Count(got, "\n") != 3 {
		t.Errorf("the log is %s", got)
	}
}

// eventually waits until a condition holds, as other replicas' copies do within a second.
func eventually(t *testing.T, holds func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	for !holds(ctx) {
		if ctx.Err() != nil {
			t.Fatal("it never holds")
		}
	}
}

// TestAnOldHubGetsAccounts opens a database without the collections of accounts.
func TestAnOldHubGetsAccounts(t *testing.T) {
	uri, database := mongotest.Open(t)
	var out bytes.Buffer
	args := []string{"users", "invite", "--role", "admin", "--mongodb-uri", uri, "--mongodb-database", database, "--site-url", "https://hub.example", "Ada"}
	if err := run(t.Context(), args, func(string) string { return "" }, &out); err != nil || !strings.HasPrefix(out.String(), "https://hub.example/sign-in/link?token=phv_") {
		t.Errorf("%v: %s", err, out.String())
	}
	args[len(args)-2] = "http://hub.example"
	if err := run(t.Context(), args, func(string) string { return "" }, &out); err == nil || !strings.Contains(err.Error(), "https") {
		t.Errorf("over plain http: %v", err)
	}
}

// TestAWrongFileOfProvidersStopsTheHub checks that the message names the setting and not the secret.
func TestAWrongFileOfProvidersStopsTheHub(t *testing.T) {
	name := filepath.Join(t.TempDir(), "providers.json")
	if err := os.WriteFile(name, []byte(`[{"name":"work","issuer":"https://id.example","clientSecret":"hidden"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"serve", "--mongodb-uri", "mongodb://127.0.0.1:1/?directConnection=true", "--sign-in-providers", name}
	err := run(t.Context(), args, func(string) string { return "" }, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "SIGN_IN_PROVIDERS") || !strings.Contains(err.Error(), "clientId") || strings.Contains(err.Error(), "hidden") {
		t.Errorf("got %v", err)
	}
}
