// Package webhook tells endpoints of changes of the published graph, as Standard Webhooks says:
// signed, at least once, in order for each entry, with retries over three days. It follows the
// change log by a place that is kept with the deliveries, so that neither a crash nor several
// replicas lose or double one.
//
// It knows content alone: storage, the running of GraphQL and the signing of sync tokens are
// handed in. What an HTTP client must never do, it does not do here: private addresses are not
// dialled, redirects not followed, long answers not read.
//
// A delivery goes through four hands:
//
//	fan       makes a delivery for each change and endpoint that wants it, and notes the place
//	send      claims what is due, of each endpoint and entry the first one only
//	deliver   makes the body once, posts it, and notes the attempt
//	after     says when it is tried again, or how it ends
//
// A receiver has to know a message by its id, since one may come twice: when an answer is lost, or
// when a replica dies between the post and the note.
package webhook
