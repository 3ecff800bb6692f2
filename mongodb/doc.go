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
package mongodb
