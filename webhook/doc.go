// Package webhook tells endpoints of changes of the published graph, as Standard Webhooks says:
// signed, at least once, in order for each entry, with retries over three days. It follows the
// change log by a place that is kept with the deliveries, so that neither a crash nor several
// replicas lose or double one.
//
// It knows content alone: storage, the running of GraphQL and the signing of sync tokens are
// handed in. What an HTTP client must never do, it does not do here: private addresses are not
// dialled, redirects not followed, long answers not read.
package webhook
