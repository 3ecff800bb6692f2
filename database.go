package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"patternhub/content"
	"patternhub/markdown"
	"patternhub/mongodb"
	"patternhub/mongodb/local"
)

// database is the store with the private server behind it, if it has one.
type database struct {
	*mongodb.Store
	server *local.Server // nil when the database is somebody else's
}

// closeLimit bounds the end of connections, so that a lost database does not hold the exit up.
const closeLimit = 3 * time.Second

// Close ends the connections and the private server.
// The connections go first: a server that is stopped under them would be taken for a lost one.
func (d *database) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	err := d.Store.Close(ctx)
	if d.server != nil {
		err = errors.Join(err, d.server.Close())
	}
	return err
}

// hooks are what the store tells of its work.
// Both may be nil: commands that end soon are not observed and have nothing in memory.
type hooks struct {
	observer  *mongodb.Observer
	committed func([]content.Change)
}

// open connects to the configured database, or starts a private one. While the hub runs, its
// private one is shared with the other commands.
// A private server belongs to the command that started it and ends with it. A command that finds
// one of a hub which runs uses that and leaves it alone at its end.
func (p *program) open(ctx context.Context, h hooks) (*database, error) {
	uri := p.cli.MongoDBURI
	var server *local.Server
	if uri == "" {
		dir := filepath.Join(p.cli.DataDir, "mongodb")
		var err error
		server, err = p.private(ctx, dir)
		switch running, known := local.Running(dir); {
		case err == nil:
			uri = server.URI()
		case errors.Is(err, local.ErrInUse) && known && p.shares():
			uri = running
		default:
			return nil, err
		}
	}
	options := mongodb.Options{
		URI: uri, Database: p.cli.MongoDBDatabase, Render: markdown.NewRenderer().Render, Review: markdown.Review,
		Committed: h.committed,
	}
	if h.observer != nil {
		options.Monitor, options.Pool = h.observer.Commands(), h.observer.Pool()
	}
	store, err := mongodb.Open(options)
	if err != nil {
		if server != nil {
			err = errors.Join(err, server.Close())
		}
		return nil, err
	}
	return &database{Store: store, server: server}, nil
}

// shares tells whether the command may use the database of a hub that runs.
// Two hubs on one private database would each think that it is theirs to stop.
func (p *program) shares() bool { return p.command != "serve" }

// private starts the private MongoDB, fetching it first where it is missing.
func (p *program) private(ctx context.Context, dir string) (*local.Server, error) {
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

// fetchMongod fetches the private MongoDB.
func (p *program) fetchMongod(ctx context.Context) error {
	path, err := local.Fetch(ctx, p.out)
	if err != nil {
		return fmt.Errorf("fetch MongoDB: %w", err)
	}
	p.say("MongoDB is at %s", path)
	return nil
}
