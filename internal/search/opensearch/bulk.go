package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// Document is a document of a bulk request. A server keeps the one with the largest version.
type Document struct {
	ID      string
	Version int64
	Source  any
}

// line returns a document as a bulk request has it: what to do, and the document.
func (d *Document) line() ([]byte, error) {
	action := map[string]any{"index": map[string]any{"_id": d.ID, "version": d.Version, "version_type": "external_gte"}}
	head, err := json.Marshal(action)
	if err != nil {
		return nil, fmt.Errorf("write to the search server: %w", err)
	}
	body, err := json.Marshal(d.Source)
	if err != nil {
		return nil, fmt.Errorf("write to the search server: %w", err)
	}
	return joined(head, body), nil
}

// joined returns lines with their ends.
func joined(lines ...[]byte) []byte {
	var b bytes.Buffer
	for _, l := range lines {
		b.Write(l)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// Bulk writes documents to the index of an alias, in requests of bounded size. Documents of which the index has a newer
// version are left as they are. Those that the server is too busy for are sent again, after pauses. If the alias does not exist, the error is NotFound, and no index comes into being.
func (c *Client) Bulk(ctx context.Context, alias string, documents []Document) error {
	var lines [][]byte
	size := 0
	for i := range documents {
		l, err := documents[i].line()
		if err != nil {
			return err
		}
		if len(lines) > 0 && (size+len(l) > MaxBulk || len(lines) == maxDocuments) {
			if err := c.bulk(ctx, alias, lines); err != nil {
				return err
			}
			lines, size = nil, 0
		}
		lines, size = append(lines, l), size+len(l)
	}
	if len(lines) == 0 {
		return nil
	}
	return c.bulk(ctx, alias, lines)
}

// bulk sends one request, and again what the server was too busy for. A server under load refuses some
// documents of a request and takes the others.
func (c *Client) bulk(ctx context.Context, alias string, lines [][]byte) error {
	for attempt := range bulkAttempts {
		if attempt > 0 && !c.pause(ctx, bulkPause<<(attempt-1)) {
			return ctx.Err() //nolint:wrapcheck // the caller's own
		}
		rest, err := c.bulkOnce(ctx, alias, lines)
		if err != nil || len(rest) == 0 {
			return err
		}
		lines = rest
	}
	return &Error{Status: http.StatusTooManyRequests, Type: "busy", Reason: fmt.Sprintf("%d documents were refused %d times", len(lines), bulkAttempts)}
}

// bulkOnce sends one request and returns the lines that the server was too busy for. It asks for the statuses
// alone, since the whole answer is as large as the request.
func (c *Client) bulkOnce(ctx context.Context, alias string, lines [][]byte) ([][]byte, error) {
	var answer struct {
		Items []map[string]struct {
			Status int `json:"status"`
			Error  struct {
				Type   string `json:"type"`
				Reason string `json:"reason"`
			} `json:"error"`
		} `json:"items"`
	}

	err := c.send(ctx, Request{
		Method: http.MethodPost, Path: alias + "/_bulk?require_alias=true&filter_path=items.*.status,items.*.error.type,items.*.error.reason",
		Body: raw{"application/x-ndjson", bytes.Join(lines, nil)},
	}, &answer)
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusTooManyRequests {
		return lines, nil
	}
	if err != nil {
		return nil, err
	}
	// Items and lines belong together by their positions alone.
	if len(answer.Items) != len(lines) {
		return nil, fmt.Errorf("the search server answered for %d of %d documents", len(answer.Items), len(lines))
	}
	var rest [][]byte
	for i, item := range answer.Items {
		for _, of := range item {
			// A conflict is no fault: the index has a newer version.
			switch {
			case of.Status < http.StatusMultipleChoices, of.Status == http.StatusConflict:
			case of.Status == http.StatusTooManyRequests:
				rest = append(rest, lines[i])
			default:
				return nil, &Error{Status: of.Status, Type: of.Error.Type, Reason: clip(of.Error.Reason)}
			}
		}
	}
	return rest, nil
}
