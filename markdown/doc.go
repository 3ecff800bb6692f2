// Package markdown is the written form of the content: Markdown files with front matter. It
// reads them into entries, renders their texts to sanitised HTML, and takes plain text,
// headings and word counts from them. It reads no files and knows no store.
//
// The written form has three parts. A file of a pattern may look like this:
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
//	Everything that no field holds is the body.
//
// The struct tags of package content say what stands where: bson names the fields of front matter,
// section the headings under which a field has a text or a list, and ref the fields that name other
// entries. So a new field of an entry needs no code here.
//
// Decode and Encode go between files and entries, DecodeRecord and EncodeRecord between lines of
// NDJSON and entries. Splice writes an entry over the file that it came from and touches only the
// lines that say something else now. Renderer makes HTML. Check guards the parsers against texts
// that are made to be slow.
//
// In files, references are slugs; in entries they are keys. Turning one into the other needs a
// store, so the callers do it.
package markdown
