package mcp

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"patternhub/internal/content"
)

// pieceBytes bounds the lists and texts of one answer to an assistant. Assistants cut longer answers
// themselves, without saying what is missing.
const pieceBytes = 30 << 10

// answerLimit bounds an answer to an assistant with everything that is in it.
const answerLimit = 96 << 10

// An answer is sent in pieces: its long parts are cut, and everything else stands in each piece. Long
// parts are the lists and Markdown texts of the root fields, down to the nodes of connections. Joined,
// the long parts of all pieces are those of the answer. A cursor is the number of items and of bytes of text that came
// before, and a hash of the whole answer, so that pieces of two answers are never mixed.

// value is a JSON value: an object whose members may be cut, a list, a text, or anything else.
type value struct {
	raw     json.RawMessage // of anything else
	members []member        // of an object
	items   []json.RawMessage
	text    string
	kind    kind
	from    int // the part of a list or a text that a piece has
	to      int
}

// kind is what a value is, as far as cutting is concerned.
type kind int

const (
	whole kind = iota
	object
	list
	text
)

// member is a member of an object. The order of members is that of the question, so a slice has them.
type member struct {
	name string
	of   *value
}

// cut returns the piece of an answer at a cursor, which is empty for the first one, and the cursor of the
// next piece, which is empty if there is none.
func cut(data json.RawMessage, cursor string, budget int) (piece json.RawMessage, next string, err error) {
	// Six bytes keep cursors short. They detect changes; nothing secret depends on them.
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:6])
	offset := 0
	if cursor != "" {
		at, of, _ := strings.Cut(cursor, ".")
		n, err := strconv.ParseUint(at, 10, 31)
		if err != nil || len(of) != len(hash) {
			return nil, "", content.Fault(content.BadUserInput, `This is not a cursor of this tool. Use the text in "next", or call without a cursor.`)
		}
		if of != hash {
			return nil, "", content.Fault(content.BadUserInput, "The answer has changed since this cursor was given, or the arguments are others. Start again without a cursor.")
		}
		offset = int(n)
	}
	root := parse(data, "", 0)
	after, ok := root.choose(offset, budget)
	if !ok {
		return nil, "", content.Fault(content.BadUserInput, "This cursor does not lead to a part of the answer. Start again without a cursor.")
	}
	if after > 0 {
		next = strconv.Itoa(after) + "." + hash
	}
	// The limit is checked on what is written, since parts that are not cut count too.
	var b bytes.Buffer
	root.write(&b)
	if b.Len() > answerLimit {
		return nil, "", content.Fault(content.LimitExceeded, "The answer has "+strconv.Itoa(b.Len())+" bytes, more than the "+strconv.Itoa(answerLimit)+" that an answer to an assistant may have. Ask for less.")
	}
	return b.Bytes(), next, nil
}

// rootDepth is the depth of the members of root fields: 0 is the data, 1 a root field.
const rootDepth = 2

// parse reads a value that has a name. Only objects that may contain long parts are opened.
func parse(raw json.RawMessage, name string, depth int) *value {
	v := &value{raw: raw}
	connection := name == "nodes" || name == "edges"
	switch {
	case raw[0] == '[' && (depth == 1 || depth == rootDepth || depth == rootDepth+1 && connection):
		if json.Unmarshal(raw, &v.items) == nil {
			v.kind = list
		}
	case raw[0] == '"' && name == "markdown" && (depth == rootDepth || depth == rootDepth+1):
		if json.Unmarshal(raw, &v.text) == nil {
			v.kind = text
		}
	case raw[0] == '{' && depth <= rootDepth:
		v.open(depth)
	}
	return v
}

// open reads the members of an object, in their order.
func (v *value) open(depth int) {
	d := json.NewDecoder(bytes.NewReader(v.raw))
	// The answer is JSON that has been read before, so the first token is the brace.
	_, _ = d.Token()
	for d.More() {
		name, err := d.Token()
		s, ok := name.(string)
		var raw json.RawMessage
		if err != nil || !ok || d.Decode(&raw) != nil {
			return // it stays whole
		}
		v.members = append(v.members, member{s, parse(raw, s, depth+1)})
	}
	v.kind = object
}

// long returns the long parts in their order.
func (v *value) long() []*value {
	switch v.kind {
	case list, text:
		return []*value{v}
	case object:
		var all []*value
		for _, m := range v.members {
			all = append(all, m.of.long()...)
		}
		return all
	case whole:
	}
	return nil
}

// choose sets what a piece has of the long parts, from a position on, and returns the position after it,
// or 0 if nothing is left. A piece has at least one item or character, so the pieces come to an end. It
// reports whether the position is one of the answer.
func (v *value) choose(offset, budget int) (after int, ok bool) {
	before, taken := 0, false
	for _, part := range v.long() {
		n := part.length()
		part.from = min(max(offset-before, 0), n)
		part.to = part.from
		if part.kind == text && part.from < n && !utf8.RuneStart(part.text[part.from]) {
			return 0, false
		}
		// Parts after the first one that does not fit are empty: a position is one number.
		if after == 0 {
			var used int
			part.to, used = part.fill(budget, !taken)
			budget -= used
			taken = taken || part.to > part.from
			if part.to < n {
				after = before + part.to
			}
		}
		before += n
	}
	return after, offset == 0 || taken
}

// length returns the number of units of a long part.
func (v *value) length() int {
	if v.kind == text {
		return len(v.text)
	}
	return len(v.items)
}

// fill returns the end of what fits into a budget from v.from on, at least one unit if it must, and the
// bytes of it.
func (v *value) fill(budget int, must bool) (to, used int) {
	to = v.from
	for to < v.length() {
		size, step := 1, 1
		if v.kind == list {
			size += len(v.items[to])
		} else {
			_, step = utf8.DecodeRuneInString(v.text[to:])
			// Text is measured as it is written, or a text of quotes would be twice as long.
			size = written(v.text[to : to+step])
		}
		if used+size > budget && (to > v.from || !must) {
			return v.line(to), used
		}
		to, used = to+step, used+size
	}
	return to, used
}

// written returns how many bytes a character has in JSON.
func written(char string) int {
	switch c := char[0]; {
	case len(char) > 1:
		return max(len(char), len(`\u2028`))
	case c == '"' || c == '\\' || c == '\n' || c == '\t' || c == '\r':
		return len(`\n`)
	case c < ' ':
		return len(`\u0000`)
	}
	return 1
}

// line returns the end of the last line before a position, so that pieces of a text are lines, if there is
// one in the second half.
func (v *value) line(to int) int {
	if v.kind != text {
		return to
	}
	if i := strings.LastIndexByte(v.text[v.from:to], '\n'); i > (to-v.from)/2 {
		return v.from + i + 1
	}
	return to
}

// write writes the piece.
func (v *value) write(b *bytes.Buffer) {
	switch v.kind {
	case whole:
		b.Write(v.raw)
	case text:
		b.Write(plain(v.text[v.from:v.to]))
	case list:
		b.WriteByte('[')
		for i, item := range v.items[v.from:v.to] {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(item)
		}
		b.WriteByte(']')
	case object:
		b.WriteByte('{')
		for i, m := range v.members {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(plain(m.name))
			b.WriteByte(':')
			m.of.write(b)
		}
		b.WriteByte('}')
	}
}

// plain returns the JSON of a value without the escapes that only HTML needs.
func plain(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // it has only texts, numbers, lists and objects
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
