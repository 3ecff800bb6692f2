package mongodb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/content"
)

// translate turns a driver's error into one of ours, saying what was tried. Nil stays nil;
// an error of ours stays as it is.
// A duplicate key is Conflict. A cancelled context is not wrapped in a code, for the caller has
// gone and nobody reads it. What cannot be reached in time is Unavailable, which invites to try
// again. Everything else stays an error without a code and is shown as an internal one. Inside a
// transaction errors must not come here: the driver decides by their labels whether to try again,
// so they are translated once, where the transaction has ended.
func translate(doing string, err error) error {
	var ours *content.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return err
	case mongo.IsDuplicateKeyError(err):
		return content.Wrap(content.Conflict, "The slug or key is taken.", fmt.Errorf("%s: %w", doing, err))
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", doing, err)
	case errors.Is(err, context.DeadlineExceeded), mongo.IsTimeout(err), mongo.IsNetworkError(err), unreachable(err):
		return content.Wrap(content.Unavailable, "The content is not available right now. Try again in a moment.", fmt.Errorf("%s: %w", doing, err))
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// Codes by which a server says that it cannot serve now, though the connection stands: not
// primary, shutting down, recovering, interrupted by a change of state, pool cleared.
// They are HostUnreachable, HostNotFound, NetworkTimeout, ShutdownInProgress, PrimarySteppedDown,
// ExceededTimeLimit, SocketException, the old not-primary code, NotWritablePrimary,
// InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk and
// NotPrimaryOrSecondary, as in the server's list of error codes.
func unavailableCodes() []int {
	return []int{6, 7, 89, 91, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436}
}

// unreachable tells whether an error means that there is no server to serve now, as opposed to one
// that has refused this command.
func unreachable(err error) bool {
	if server, ok := errors.AsType[mongo.ServerError](err); ok {
		if slices.ContainsFunc(unavailableCodes(), server.HasErrorCode) {
			return true
		}
		return server.HasErrorLabel("RetryableWriteError") || server.HasErrorLabel("TransientTransactionError")
	}
	// A connection that waited in the pool falls with the one that was lost.
	var pooled interface {
		error
		Retryable() bool
	}
	if errors.As(err, &pooled) && pooled.Retryable() {
		return true
	}
	// What is no server error and no marshal error came from the topology: no server was
	// found, or the client is closed.
	return errors.Is(err, mongo.ErrClientDisconnected)
}
