package relay

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"patternhub/internal/content"
)

// cursor is the content of an opaque cursor: the order that made it, and a position in it. At most one
// of the values is set, none for a null. The names are short, since every edge has a cursor. It is not
// signed: an invented cursor only selects a part of a list that its client may read anyway.
type cursor struct {
	Order  string     `json:"o"`
	Key    string     `json:"k"`
	Text   *string    `json:"s,omitempty"`
	Number *float64   `json:"n,omitempty"`
	Time   *time.Time `json:"t,omitempty"`
}

// maxCursor bounds the length that is decoded; the longest cursor holds a folded name and a key.
const maxCursor = 2000

// encodeCursor returns an opaque cursor for a position, bound to the list's kind and order.
func encodeCursor(order string, at content.Position) string {
	c := cursor{Order: order, Key: at.Key}
	switch v := at.Value.(type) {
	case string:
		c.Text = &v
	case int:
		f := float64(v)
		c.Number = &f
	case float64:
		c.Number = &v
	case time.Time:
		c.Time = &v
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // cannot fail: strings, finite numbers and times always marshal
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// decodeCursor returns the position in a cursor. A broken cursor, or one of another list or order, is
// BadUserInput. Every number is decoded as a float, since JSON has no other.
func decodeCursor(order, s string) (*content.Position, error) {
	var c cursor
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(raw) > maxCursor || json.Unmarshal(raw, &c) != nil || c.Key == "" {
		return nil, content.Fault(content.BadUserInput, "This is not a cursor of this hub; use one from pageInfo or edges.")
	}
	if c.Order != order {
		return nil, content.Fault(content.BadUserInput, "This cursor belongs to another list or order; start again without it.")
	}
	at := &content.Position{Key: c.Key}
	switch {
	case c.Text != nil:
		at.Value = *c.Text
	case c.Number != nil:
		at.Value = *c.Number
	case c.Time != nil:
		at.Value = *c.Time
	}
	return at, nil
}
