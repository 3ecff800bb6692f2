package hub

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"patternhub/internal/auth"
	"patternhub/internal/auth/oidc"
	"patternhub/internal/auth/passkey"
	"patternhub/internal/content"
	"patternhub/internal/signin"
	"patternhub/internal/wait"
	"patternhub/internal/web"
)

// signIn returns the handler of the pages below /sign-in.
func (h *hub) signIn() (http.Handler, error) {
	providers, err := oidc.Load(h.program.cli.SignInProviders)
	if err != nil {
		return nil, fmt.Errorf("SIGN_IN_PROVIDERS: %w", err)
	}
	title := h.program.cli.SiteTitle
	return signin.New(signin.Options{
		Place: h.place, People: h.people, Sessions: h.sessions, Passkeys: passkey.New(h.db, title, nil),
		Providers: oidc.New(providers, h.tokens, nil), Address: web.AddressOf, Title: title, Log: h.program.log,
	}), nil
}

// firstLink shows a sign-in link for the first administrator once the hub is ready, unless an
// administrator has signed in before. Each replica may show one; when one is used, the others end.
func (h *hub) firstLink(ctx context.Context, listening string) {
	p := h.program
	if reason := h.place.Possible(); reason != "" {
		p.say("Sign-in is off. %s", reason)
		return
	}
	_ = wait.Retry(ctx, wait.Short, func(ctx context.Context) error {
		if err := h.prepared(); err != nil {
			return err
		}
		first, err := h.people.First(ctx)
		if err != nil || first == nil {
			return err
		}
		token, ends, err := h.people.Link(ctx, first.Key, 0)
		if err != nil {
			return err
		}
		p.showFirst(h.place.Address(listening, linkPath(token)), ends)
		return nil
	}, func(err error) {
		if h.ready.Load() {
			p.log.WarnContext(ctx, "no sign-in link was made yet", "error", err)
		}
	})
}

// linkPath returns the path of a one-time link.
func linkPath(token string) string { return "/sign-in/link?token=" + url.QueryEscape(token) }

// firstFile is the file in DATA_DIR to which the link of the first administrator is written.
const firstFile = "first-sign-in-link"

// showFirst shows the link of the first administrator on a terminal. Elsewhere what is printed may be
// stored for others to read, so the link is written to a file that only the user of the hub can read.
func (p *Program) showFirst(address string, ends time.Time) {
	until := "It is valid once, until " + ends.UTC().Format("15:04 UTC") + "; patternhub users link administrator makes a new one."
	if isTerminal(p.out) {
		p.say("Sign in as the first administrator: %s\n%s", address, until)
		return
	}
	name := filepath.Join(p.cli.DataDir, firstFile)
	if err := writePrivate(name, address+"\n"); err != nil {
		p.log.Warn("the sign-in link of the first administrator could not be written", "error", err)
		p.say("To sign in as the first administrator, run: patternhub users link administrator")
		return
	}
	p.say("The sign-in link of the first administrator is in %s. %s", name, until)
}

// writePrivate writes a file that only its owner can read. It replaces a file of that name and does not
// follow a link.
func writePrivate(name, text string) (err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), firstFile+"-") // of mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := io.WriteString(f, text); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// users opens the database for a command about people, who need indexes that a hub before accounts does
// not have.
func (p *Program) users(ctx context.Context, do func(*auth.People) error) error {
	return p.content(ctx, func(db *database) error { return do(auth.NewPeople(db, nil)) })
}

// usersInvite adds a person and prints a sign-in link.
func (p *Program) usersInvite(ctx context.Context) error {
	return p.users(ctx, func(people *auth.People) error {
		args := p.cli.Users.Invite
		who, err := people.Invite(ctx, args.Name, args.Mail, content.AccessRole(strings.ToUpper(args.Role)))
		if err != nil {
			return err
		}
		return p.printLink(ctx, people, who.Key, args.Expires)
	})
}

// usersLink prints a new sign-in link of a person.
func (p *Program) usersLink(ctx context.Context) error {
	return p.users(ctx, func(people *auth.People) error {
		return p.printLink(ctx, people, p.cli.Users.Link.ID, p.cli.Users.Link.Expires)
	})
}

// printLink prints a sign-in link, alone on its line, so that a script can read it.
func (p *Program) printLink(ctx context.Context, people *auth.People, person string, lifetime time.Duration) error {
	place, err := auth.NewPlace(p.cli.SiteURL)
	if err != nil {
		return err
	}
	if reason := place.Possible(); reason != "" {
		return fmt.Errorf("make a sign-in link: %s", reason)
	}
	token, ends, err := people.Link(ctx, person, lifetime)
	if err != nil {
		return err
	}
	p.say("%s", place.Address(p.cli.Addr, linkPath(token)))
	p.say("This link signs in the person with the id %s, once, until %s.", person, ends.UTC().Format(time.DateTime))
	return nil
}

// usersList lists people.
func (p *Program) usersList(ctx context.Context) error {
	return p.users(ctx, func(people *auth.People) error {
		list, err := people.List(ctx, p.cli.Users.List.Removed)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tROLE\tMAIL\tPROVIDER\tADDED\tSIGNED IN\tREMOVED")
		for _, who := range list {
			mail := ""
			if who.Mail != nil {
				mail = *who.Mail
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", who.Key, who.Name, strings.ToLower(string(who.Role)), cmp.Or(mail, "-"),
				cmp.Or(who.Issuer, "-"), when(&who.CreatedAt), when(who.SignedInAt), when(who.RemovedAt))
		}
		return w.Flush()
	})
}

// usersRevoke removes a person. A running hub notices within the time for which it caches sessions.
func (p *Program) usersRevoke(ctx context.Context) error {
	return p.users(ctx, func(people *auth.People) error {
		if err := people.Remove(ctx, p.cli.Users.Revoke.ID); err != nil {
			return err
		}
		p.say("Removed. Sessions, links, passkeys and keys of this person have ended; the name stays in history.")
		return nil
	})
}
