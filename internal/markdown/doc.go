// Package markdown defines the written form of the content: Markdown files with front matter. It
// decodes their text into entries, renders it to sanitised HTML, and extracts plain text, headings
// and word counts. It does not access files or a store.
//
// A file of a pattern may look like this:
//
//	---
//	name: Circuit Breaker
//	category: resilience
//	---
//
//	## When to use
//
//	- A call leaves the process.
//
//	Everything that belongs to no field is the body.
//
// The struct tags of package content assign the three parts: bson names the fields of front matter,
// section the headings under which a field has text or a list, and ref the fields that refer to
// other entries. So a new field of an entry needs no code here.
//
// Decode and Encode convert between files and entries, DecodeRecord and EncodeRecord between lines
// of NDJSON and entries. Splice writes an entry over the file that it came from and changes only
// the lines whose content differs. Renderer makes HTML. Check protects the parsers from texts that
// are made to be slow.
//
// In files, references are slugs; in entries they are keys. Converting between them needs a store,
// so callers do it.
package markdown
