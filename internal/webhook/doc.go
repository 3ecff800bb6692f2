// Package webhook sends changes of the published graph to endpoints, as Standard Webhooks
// specifies: signed, at least once, in order for each entry, with retries over three days. It
// follows the change log from a position that is stored with the deliveries, so that neither a
// crash nor several replicas lose or double one.
//
// Storage, the execution of GraphQL and the signing of sync tokens are passed in. Deliveries follow
// the rules for requests to addresses that others choose: private addresses are not dialled,
// redirects not followed, long answers not read.
//
// A delivery goes through four functions:
//
//	fan       makes a delivery for each change and each endpoint that wants it, and stores the position
//	send      claims due deliveries: of each endpoint and entry only the first
//	deliver   makes the body once, posts it, and records the attempt
//	after     decides when it is tried again, or how it ends
//
// A receiver must recognise a message by its id, since one may come twice: when an answer is lost,
// or when a replica dies between the post and the record of it.
package webhook
