package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// setName is the name of the replica set. It is stored in the data folder, so it must never change.
const setName = "patternhub"

// notYetInitialized is the server's error code for a new data folder.
const notYetInitialized = 94

// errForeign reports that another server listens on the port, which we must not reconfigure.
var errForeign = errors.New("another server answers on the port")

// prepare waits until the process listens, makes it a replica set of one at its current address and
// waits until it is primary.
func (s *Server) prepare(ctx context.Context, p *process) (err error) {
	// Commands to a mongod that has died must not wait for the deadline.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-p.done:
			cancel(errors.New("mongod has ended"))
		case <-ctx.Done():
		}
	}()
	if err := pollUntil(ctx, func() (bool, error) { return listens(ctx, address(s.port)), nil }); err != nil {
		return fmt.Errorf("wait until it listens: %w", err)
	}
	// Disconnect searches for a server to end its sessions. If the server has died, that takes the
	// selection timeout; the driver's default of 30 s would delay the error.
	client, err := mongo.Connect(options.Client().SetHosts([]string{address(s.port)}).SetDirect(true).
		SetMaxPoolSize(1).SetServerSelectionTimeout(time.Second))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { err = errors.Join(err, client.Disconnect(context.WithoutCancel(ctx))) }()
	admin := client.Database("admin")
	// A member that changes its state closes its connections, so a broken one is not an error.
	if err := pollUntil(ctx, retryBroken(func() (bool, error) { return true, s.verify(ctx, admin) })); err != nil {
		return err
	}
	if err := pollUntil(ctx, retryBroken(func() (bool, error) { return true, s.configure(ctx, admin) })); err != nil {
		return fmt.Errorf("configure the replica set: %w", err)
	}
	if err := pollUntil(ctx, retryBroken(func() (bool, error) { return primary(ctx, admin) })); err != nil {
		return fmt.Errorf("wait until it is primary: %w", err)
	}
	return nil
}

// retryBroken wraps ask so that it reports "not yet" if its connection is broken.
func retryBroken(ask func() (bool, error)) func() (bool, error) {
	return func() (bool, error) {
		yes, err := ask()
		var pool interface{ Retryable() bool }
		if mongo.IsNetworkError(err) || errors.As(err, &pool) && pool.Retryable() {
			return false, nil
		}
		return yes, err
	}
}

// primary reports whether the member accepts writes.
func primary(ctx context.Context, admin *mongo.Database) (bool, error) {
	var hello struct {
		Primary bool `bson:"isWritablePrimary"`
	}
	err := admin.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello)
	return hello.Primary, err
}

// verify returns an error unless our child listens on the port. Another mongod may have taken it, and
// we would reconfigure its replica set.
func (s *Server) verify(ctx context.Context, admin *mongo.Database) error {
	var answer struct {
		Parsed struct {
			Storage struct {
				Path string `bson:"dbPath"`
			} `bson:"storage"`
		} `bson:"parsed"`
	}
	if err := admin.RunCommand(ctx, bson.D{{Key: "getCmdLineOpts", Value: 1}}).Decode(&answer); err != nil {
		return fmt.Errorf("ask for its folder: %w", err)
	}
	theirs, err := os.Stat(filepath.Clean(answer.Parsed.Storage.Path))
	if err != nil {
		return fmt.Errorf("%w: %w", errForeign, err)
	}
	ours, err := os.Stat(s.options.Dir)
	if err != nil {
		return fmt.Errorf("look at the data folder: %w", err)
	}
	if !os.SameFile(theirs, ours) {
		return errForeign
	}
	return nil
}

// configure initiates a new replica set, or moves an existing one to the current port. The move must
// be forced: a member that is not in its configuration cannot become primary.
func (s *Server) configure(ctx context.Context, admin *mongo.Database) error {
	members := bson.A{bson.D{{Key: "_id", Value: 0}, {Key: "host", Value: address(s.port)}}}
	var answer struct {
		Config struct {
			Version int `bson:"version"`
			Members []struct {
				Host string `bson:"host"`
			} `bson:"members"`
		} `bson:"config"`
	}
	err := admin.RunCommand(ctx, bson.D{{Key: "replSetGetConfig", Value: 1}}).Decode(&answer)
	var command mongo.CommandError
	switch {
	case errors.As(err, &command) && command.Code == notYetInitialized:
		config := bson.D{{Key: "_id", Value: setName}, {Key: "members", Value: members}}
		err = admin.RunCommand(ctx, bson.D{{Key: "replSetInitiate", Value: config}}).Err()
	case err != nil:
	case len(answer.Config.Members) == 1 && answer.Config.Members[0].Host == address(s.port):
		return nil
	default:
		config := bson.D{
			{Key: "_id", Value: setName},
			{Key: "version", Value: answer.Config.Version + 1},
			{Key: "members", Value: members},
		}
		err = admin.RunCommand(ctx, bson.D{{Key: "replSetReconfig", Value: config}, {Key: "force", Value: true}}).Err()
	}
	return err
}

// listens reports whether an address accepts connections. The driver would wait half a second after a
// refused one.
func listens(ctx context.Context, address string) bool {
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	return connection.Close() == nil
}

// pollUntil calls ask until it reports true or an error, or ctx ends.
func pollUntil(ctx context.Context, ask func() (bool, error)) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		if yes, err := ask(); yes || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
	}
}
