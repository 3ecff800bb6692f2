package content

// UserErrorCode is the class of what is wrong with a write, for programs.
type UserErrorCode string

// The codes of user errors.
const (
	ErrInvalid              UserErrorCode = "INVALID"
	ErrRequired             UserErrorCode = "REQUIRED"
	ErrTooLong              UserErrorCode = "TOO_LONG"
	ErrNotFound             UserErrorCode = "NOT_FOUND"
	ErrTaken                UserErrorCode = "TAKEN"
	ErrConflict             UserErrorCode = "CONFLICT"
	ErrUnpublishedReference UserErrorCode = "UNPUBLISHED_REFERENCE"
	ErrStillReferenced      UserErrorCode = "STILL_REFERENCED"
	ErrNotAllowed           UserErrorCode = "NOT_ALLOWED"
	ErrIdempotencyMismatch  UserErrorCode = "IDEMPOTENCY_MISMATCH"
)

// Values lists the values of the enum.
func (UserErrorCode) Values() []string {
	return []string{"INVALID", "REQUIRED", "TOO_LONG", "NOT_FOUND", "TAKEN", "CONFLICT", "UNPUBLISHED_REFERENCE", "STILL_REFERENCED", "NOT_ALLOWED", "IDEMPOTENCY_MISMATCH"}
}

// UserError is one thing that is wrong with a write. Field is the path into the arguments;
// names and list places from 0.
type UserError struct {
	Field   []string
	Message string
	Code    UserErrorCode
}
