// Package site is the hub that people read: pages rendered by Go from the same documents that a front
// end would send to /graphql. A page is one document. It is asked like a request of a reader without a
// key, within the same limits, and kept for as long as nothing that it depends on is published.
//
// The package knows the content by its documents only. Options supply the way to ask, so it depends on
// no executor and no store.
//
//	queries/*.graphql   the documents
//	gen                 writes the Go types of their answers, and the routes of entries
//	pages/*.go          a view for each type of entries: facts and parts
//	pages/*.templ       the components that show them, and the other pages
//	highlight           marks the words of code
//	listing             the state of list pages in their URLs
//	form                that of pages with a form
//	routes.go           which page stands where
//	files.go            lists for machines; source.go, pictures.go and wellknown.go are other such files
//	card                draws the pictures for links to the site
//	static.go           what a copy on a static host has; static writes it
//	islands             the scripts, which pages work without; bundled into assets
//
// CONTRIBUTING.md says how to add a page.
package site

//go:generate go run ./gen
//go:generate go tool esbuild islands/theme.ts islands/site.ts islands/find.ts --bundle --minify --format=iife --target=es2022 --charset=utf8 --legal-comments=none --outdir=assets --log-level=warning
//go:generate go tool templ generate -path pages -log-level error
