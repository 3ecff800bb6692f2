package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vektah/gqlparser/v2/formatter"

	"patternhub/auth"
	"patternhub/content"
	"patternhub/graph"
	"patternhub/seed"
)

// seed loads the hub's own content and tells what that changed.
func (p *program) seed(ctx context.Context) error {
	return p.content(ctx, func(db *database) error { return p.load(ctx, db) })
}

// content opens the database for a command about the content.
// Every such command may be the first one on a new database, so the indexes are made here too:
// without the unique ones the first writes could take a slug twice.
func (p *program) content(ctx context.Context, do func(*database) error) error {
	return p.using(ctx, func(db *database) error {
		if err := db.EnsureIndexes(ctx); err != nil {
			return err
		}
		return do(db)
	})
}

// using opens the database for a command and closes it again. One that cannot be reached is an error
// before anything is done.
func (p *program) using(ctx context.Context, do func(*database) error) error {
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

// load loads the hub's own content with progress.
// It is safe to run beside a hub that serves: the changes reach it like those of any other writer.
func (p *program) load(ctx context.Context, db *database) error {
	begun, bar := time.Now(), newProgress(p.out)
	report, err := seed.Load(ctx, db, seed.Files(), bar.tell)
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
func (p *program) keys(ctx context.Context, do func(*auth.Keys) error) error {
	return p.using(ctx, func(db *database) error { return do(auth.NewKeys(db, nil)) })
}

// keysCreate makes a key. The token comes first and alone on its line, so that a script can take
// it.
func (p *program) keysCreate(ctx context.Context) error {
	return p.keys(ctx, func(keys *auth.Keys) error {
		args := p.cli.Keys.Create
		token, key, err := keys.Create(ctx, args.Name, content.AccessRole(strings.ToUpper(args.Role)), args.Expires)
		if err != nil {
			return err
		}
		p.say("%s", token)
		p.say("This key is shown once. Its id is %s, its role %s. Send it as: Authorization: Bearer <key>", key.ID, args.Role)
		return nil
	})
}

// keysList shows what is known of keys; none of it lets somebody use one.
func (p *program) keysList(ctx context.Context) error {
	return p.keys(ctx, func(keys *auth.Keys) error {
		list, err := keys.List(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tROLE\tCREATED\tEXPIRES\tLAST USED\tREVOKED")
		for _, k := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, strings.ToLower(string(k.Role)), when(&k.CreatedAt), when(k.ExpiresAt), when(k.LastUsedAt), when(k.RevokedAt))
		}
		return w.Flush()
	})
}

// when shows a time, or that there is none.
func when(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format(time.DateTime)
}

// keysRevoke ends a key. A hub that runs notices within the time that it believes a key it has
// read.
func (p *program) keysRevoke(ctx context.Context) error {
	return p.keys(ctx, func(keys *auth.Keys) error {
		if err := keys.Revoke(ctx, p.cli.Keys.Revoke.ID); err != nil {
			return err
		}
		p.say("The key %s is revoked.", p.cli.Keys.Revoke.ID)
		return nil
	})
}

// schema prints the contract.
// It needs no database, so it can be run where only the program is.
func (p *program) schema() error {
	formatter.NewFormatter(p.out).FormatSchema(graph.NewExecutableSchema(graph.Config{}).Schema())
	return nil
}

// healthLimit bounds the health check; orchestrators ask again.
const healthLimit = 3 * time.Second

// healthcheck asks the running hub whether it is ready.
// It asks by the loopback address when the hub listens on all of them. It is for containers, which
// have no shell and no other client to ask with.
func (p *program) healthcheck(ctx context.Context) error {
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
