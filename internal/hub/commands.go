package hub

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vektah/gqlparser/v2/formatter"

	"patternhub/internal/auth"
	"patternhub/internal/content"
	"patternhub/resolvers"
	"patternhub/seed"
)

// seed loads the hub's own content and prints what that changed.
func (p *Program) seed(ctx context.Context) error {
	return p.content(ctx, func(db *database) error { return p.load(ctx, db) })
}

// content opens the database for a command that reads or writes content. Such a command may be the
// first on a new database, so it also creates the indexes: a large import needs them.
func (p *Program) content(ctx context.Context, do func(*database) error) error {
	return p.using(ctx, func(db *database) error {
		if err := db.EnsureIndexes(ctx); err != nil {
			return err
		}
		return do(db)
	})
}

// using opens the database for a command and closes it afterwards. If the database cannot be
// reached, do is not called.
func (p *Program) using(ctx context.Context, do func(*database) error) error {
	db, err := p.open(ctx, hooks{})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Ping(ctx); err != nil {
		return err
	}
	return do(db)
}

// load loads the hub's own content and shows progress. It is safe to run while a hub serves: the hub
// receives the changes like those of any other writer.
func (p *Program) load(ctx context.Context, db *database) error {
	begun, bar := time.Now(), newProgress(p.out)
	report, err := seed.Load(ctx, db, seed.Files(), bar.show)
	bar.end()
	if err != nil {
		return err
	}
	if err := seed.LoadTables(ctx, db); err != nil {
		return err
	}
	p.problems(report.Problems)
	p.say("Seed: %s, in %.1f s.", report, time.Since(begun).Seconds())
	return nil
}

// keys opens the database for a command about keys.
func (p *Program) keys(ctx context.Context, do func(*auth.Keys) error) error {
	return p.using(ctx, func(db *database) error { return do(auth.NewKeys(db, nil)) })
}

// keysCreate creates a key. It prints the token first and alone on its line, so that a script can
// read it.
func (p *Program) keysCreate(ctx context.Context) error {
	return p.using(ctx, func(db *database) error {
		args := p.cli.Keys.Create
		token, key, err := p.createKey(ctx, auth.NewKeys(db, nil), auth.NewPeople(db, nil))
		if err != nil {
			return err
		}
		p.say("%s", token)
		p.say("This key is shown once. Its id is %s, its role %s. Send it as: Authorization: Bearer <key>", key.Key, args.Role)
		return nil
	})
}

// createKey creates the key that the arguments describe.
func (p *Program) createKey(ctx context.Context, keys *auth.Keys, people *auth.People) (string, *content.APIKey, error) {
	args := p.cli.Keys.Create
	role := content.AccessRole(strings.ToUpper(args.Role))
	if args.Person == "" {
		return keys.Create(ctx, args.Name, role, args.Expires)
	}
	owner, err := people.Person(ctx, args.Person)
	if err != nil {
		return "", nil, err
	}
	return keys.CreateFor(ctx, owner, args.Name, role, args.Expires)
}

// keysList lists keys without their secrets.
func (p *Program) keysList(ctx context.Context) error {
	return p.keys(ctx, func(keys *auth.Keys) error {
		list, err := keys.List(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tROLE\tPERSON\tCREATED\tEXPIRES\tLAST USED\tREVOKED")
		for _, k := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.Key, k.Name, strings.ToLower(string(k.Role)), cmp.Or(k.Owner, "-"), when(&k.CreatedAt), when(k.ExpiresAt), when(k.LastUsedAt), when(k.RevokedAt))
		}
		return w.Flush()
	})
}

// when returns a time as text, "never" for none.
func when(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format(time.DateTime)
}

// keysRevoke revokes a key. A running hub notices within the time for which it caches keys.
func (p *Program) keysRevoke(ctx context.Context) error {
	return p.keys(ctx, func(keys *auth.Keys) error {
		if err := keys.Revoke(ctx, p.cli.Keys.Revoke.ID); err != nil {
			return err
		}
		p.say("The key %s is revoked.", p.cli.Keys.Revoke.ID)
		return nil
	})
}

// shard declares the shard keys and prints each collection.
func (p *Program) shard(ctx context.Context) error {
	return p.using(ctx, func(db *database) error {
		if err := db.Shard(ctx, func(name string) { p.say("sharded   %s by a hash of _id", name) }); err != nil {
			return err
		}
		p.say("All other collections stay on the primary shard of the database.")
		return nil
	})
}

// schema prints the schema. It needs no database.
func (p *Program) schema() error {
	formatter.NewFormatter(p.out).FormatSchema((&resolvers.Resolver{}).Schema().Schema())
	return nil
}

// healthLimit bounds the health check; orchestrators repeat it.
const healthLimit = 3 * time.Second

// healthcheck asks the running hub whether it is ready, over the loopback address if the hub
// listens on all of them. It is for containers, which have no shell and no other HTTP client.
func (p *Program) healthcheck(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	url := "http://" + strings.Replace(p.cli.Addr, "0.0.0.0:", "127.0.0.1:", 1) + "/readyz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the hub at %s is not ready: %s", p.cli.Addr, resp.Status)
	}
	p.say("ready")
	return nil
}
