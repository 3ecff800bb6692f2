// Package mongodb keeps the content in MongoDB: one generic collection, and for each entry
// type a few lines that say how its filters, orders and facets map to documents. It is the
// only package that knows the driver; the driver's errors never leave it.
//
// Each entry type has two collections of the same shape, one for the published graph and one
// for the working copies. Beside an entry's own fields a document has:
//
//	refs    what it refers to, as "path:key" and as "TYPE:key", for the way back
//	folded  text fields with case and accents folded, for filters and for the order by name
//	schema  the version of the document's shape
//
// How the parts play together:
//
//	open.go, graph.go    the connection, and one graph for each perspective
//	spec.go, pattern.go  what is particular to a type: names, paths, orders, indexes, facets
//	collection.go        the reads of any type; scope.go does them for many scopes at once
//	write.go, author.go  transactions; a write plans a batch, which is committed as a whole
//	log.go, feed.go      the change log and who follows it; sync.go reads it for pulls
//
// Every write goes through Store.write: entries, revisions and numbered changes are in one
// transaction, and the numbers come in the order of the commits. Whoever needs to know what has
// changed reads the log; nobody is told but Options.Committed.
//
// A new entry type needs a spec in a file of its own and a line in newGraph. A rule about content,
// such as who may refer to what, does not belong here but in package content.
package mongodb
