package mongodb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/internal/content"
)

// translate turns a driver's error into one of ours; doing says what failed. It returns nil and
// *content.Error as they are.
// A duplicate key becomes Conflict. A server that cannot be reached in time becomes Unavailable, which
// invites a retry. A cancelled context gets no code, since the caller is gone. Any other error gets no code
// either and is shown as Internal. Errors must not be translated within a transaction: the driver
// decides by their labels whether to retry. They are translated once, after the transaction.
func translate(doing string, err error) error {
	var ours *content.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return err
	case hasCode(err, oversizeCodes()...):
		return content.Wrap(content.LimitExceeded, "The write is too large for the database. Write it in parts.", fmt.Errorf("%s: %w", doing, err))
	case mongo.IsDuplicateKeyError(err):
		return content.Wrap(content.Conflict, "The slug or key is taken.", fmt.Errorf("%s: %w", doing, err))
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", doing, err)
	case errors.Is(err, context.DeadlineExceeded), mongo.IsTimeout(err), mongo.IsNetworkError(err), unreachable(err):
		return content.Wrap(content.Unavailable, "The content is not available right now. Try again in a moment.", fmt.Errorf("%s: %w", doing, err))
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// oversizeCodes lists the codes of transactions that no attempt can commit: TransactionTooLarge,
// TransactionExceededLifetimeLimitSeconds and TransactionTooLargeForCache.
func oversizeCodes() []int { return []int{257, 290, 388} }

// unavailableCodes lists the codes of servers that are connected but cannot serve now: not primary,
// shutting down, recovering, interrupted by a change of state, pool cleared.
// They are HostUnreachable, HostNotFound, NetworkTimeout, ShutdownInProgress, PrimarySteppedDown,
// ExceededTimeLimit, SocketException, the old not-primary code, NotWritablePrimary,
// InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk and
// NotPrimaryOrSecondary, as in the server's list of error codes.
func unavailableCodes() []int {
	return []int{6, 7, 89, 91, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436}
}

// unreachable reports whether an error means that no server can serve now, rather than that a server
// has refused this command.
func unreachable(err error) bool {
	if server, ok := errors.AsType[mongo.ServerError](err); ok {
		if slices.ContainsFunc(unavailableCodes(), server.HasErrorCode) {
			return true
		}
		return server.HasErrorLabel("RetryableWriteError") || server.HasErrorLabel("TransientTransactionError")
	}
	// The pool is cleared when one of its connections fails; waiting callers get this error.
	var pooled interface {
		error
		Retryable() bool
	}
	if errors.As(err, &pooled) && pooled.Retryable() {
		return true
	}
	// The client may be closed.
	return errors.Is(err, mongo.ErrClientDisconnected)
}
