// Package mongodb stores the content in MongoDB. It has one generic collection, and for each entry
// type a spec that maps its filters, orders and facets to documents. It is the only package that
// uses the driver; the driver's errors never leave it.
//
// Each entry type has two collections of the same shape, one for the published graph and one
// for the working copies. Besides an entry's own fields a document has:
//
//	refs      what it refers to, as "path:key" and as "TYPE:key", for reverse relations
//	folded    text fields with case and accents folded, for filters
//	sortName  the sort key of the name, for the order by name
//	schema    the version of the document's shape
//
// The files:
//
//	open.go, graph.go    the connection, and one graph for each perspective
//	spec.go              what differs between types: names, paths, orders, indexes, facets; the
//	                     specs and readers are in types.generated.go
//	collection.go        the reads of any type; scope.go joins many scopes in a command
//	write.go             write transactions; transaction.go has their reads and planned writes
//	log.go, feed.go      the change log and its followers; sync.go reads it for pulls
//
// Every write goes through Store.write: entries, revisions and numbered changes are written in one
// transaction, and the numbers are in the order of commits. Other code finds out what has changed by
// reading the log; only Options.Committed is called directly.
//
// Rules about content do not belong here: those about entries are in package content, those about
// writing in package authoring.
package mongodb
