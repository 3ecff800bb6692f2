// Package markdown is the written form of the content: Markdown files with front matter. It
// reads them into entries, renders their texts to sanitised HTML, and takes plain text,
// headings and word counts from them. It reads no files and knows no store.
package markdown
