package hub

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/local"
	"patternhub/internal/repository"
)

// database is the store, and the private server behind it if there is one.
type database struct {
	*repository.Store
	server *local.Server // nil if the program did not start it
}

// closeLimit bounds the closing of connections, so that a lost database does not delay the exit.
const closeLimit = 3 * time.Second

// Close ends the connections and then the private server. In the other order the driver would
// report the server as lost.
func (d *database) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	err := d.Store.Close(ctx)
	if d.server != nil {
		err = errors.Join(err, d.server.Close())
	}
	return err
}

// hooks are functions that the store calls. Both may be nil, as for commands that end soon, which
// have no telemetry and no caches.
type hooks struct {
	observer  *mongodb.Observer
	committed func([]content.Change)
}

// open connects to the configured database, or starts a private one. A private server belongs to
// the command that started it and ends with it. While a hub runs on one, other commands use that
// server and leave it running.
func (p *Program) open(ctx context.Context, h hooks) (*database, error) {
	uri := p.cli.MongoDBURI
	var server *local.Server
	if uri == "" {
		dir := filepath.Join(p.cli.DataDir, "mongodb")
		var err error
		server, err = p.private(ctx, dir)
		switch running, found := local.Running(dir); {
		case err == nil:
			uri = server.URI()
		case errors.Is(err, local.ErrInUse) && found && p.shares():
			uri = running
		default:
			return nil, err
		}
	}
	options := mongodb.Options{
		URI: uri, Database: p.cli.MongoDBDatabase, Render: markdown.NewRenderer().Render,
		Committed: h.committed, CountFrom: countFrom,
	}
	if h.observer != nil {
		options.Monitor, options.Pool = h.observer.Commands(), h.observer.Pool()
	}
	store, err := repository.Open(options, markdown.Review)
	if err != nil {
		if server != nil {
			err = errors.Join(err, server.Close())
		}
		return nil, err
	}
	return &database{Store: store, server: server}, nil
}

// countFrom is the number of entries from which a collection is counted in memory. With fewer the database
// takes some milliseconds, so a small hub needs no memory for it.
const countFrom = 10_000

// shares reports whether the command may use a running hub's private database. Two hubs must not,
// since each would stop it at its end.
func (p *Program) shares() bool { return p.command != "serve" }

// private starts the private MongoDB and downloads it first if it is missing.
func (p *Program) private(ctx context.Context, dir string) (*local.Server, error) {
	options := local.Options{Dir: dir}
	server, err := local.Start(ctx, options)
	if errors.Is(err, local.ErrMissing) {
		if err = p.fetchMongod(ctx); err == nil {
			server, err = local.Start(ctx, options)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("start the private MongoDB: %w", err)
	}
	return server, nil
}

// fetchMongod downloads the private MongoDB.
func (p *Program) fetchMongod(ctx context.Context) error {
	path, err := local.Fetch(ctx, p.out)
	if err != nil {
		return fmt.Errorf("fetch MongoDB: %w", err)
	}
	p.say("MongoDB is at %s", path)
	return nil
}
