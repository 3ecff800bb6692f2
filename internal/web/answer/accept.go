package answer

import (
	"cmp"
	"mime"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/accept"
)

// The media types of answers.
const (
	MediaResponse = "application/graphql-response+json"
	MediaJSON     = "application/json"
	MediaEvents   = "text/event-stream"
)

// Accepted says what a client accepts: the media type of a JSON answer, "" for none, and whether it
// accepts event streams.
type Accepted struct {
	Media  string
	Events bool
}

// Accepts reads the Accept headers of a request.
func Accepts(headers []string) Accepted {
	return Accepted{Media: negotiate(headers), Events: acceptsEvents(headers)}
}

// Refusal returns the media type of an answer to a request that was not executed.
func (a Accepted) Refusal() string { return cmp.Or(a.Media, MediaJSON) }

// Streams reports whether an operation is answered as an event stream: a subscription if the client
// names the type, any other operation only if the client accepts nothing else. Weights are ignored.
// Clients such as urql name streams next to JSON in every request, and a query over a stream would
// lose compression, entity tags and the cache.
func (a Accepted) Streams(kind ast.Operation) bool {
	return a.Events && (a.Media == "" || kind == ast.Subscription)
}

// acceptRanges bounds how many ranges of an Accept header are read; browsers send fewer than ten.
const acceptRanges = 32

// negotiate returns the media type of the answer: the one with the highest q in the Accept headers,
// where the most specific matching range decides. Without a header, or with a wildcard, it is
// application/json, as the protocol asks. If nothing matches, it is "".
func negotiate(headers []string) string {
	header := strings.TrimSpace(strings.Join(headers, ","))
	if header == "" {
		return MediaJSON
	}
	best, bestQ := "", 0.0
	// Of equal weights the first wins, so application/json comes first.
	for _, offer := range []string{MediaJSON, MediaResponse} {
		if q := quality(header, offer); q > bestQ {
			best, bestQ = offer, q
		}
	}
	return best
}

// acceptsEvents reports whether a client names the media type of event streams. A wildcard is not
// enough: every client that accepts anything would get a stream that it does not expect.
func acceptsEvents(headers []string) bool {
	q, specific := weigh(strings.Join(headers, ","), MediaEvents)
	return q > 0 && specific == 3
}

// quality returns the q of one offer.
func quality(header, offer string) float64 {
	q, _ := weigh(header, offer)
	return q
}

// weigh returns the q of the most specific range that matches the offer, and its rank:
// 3 for the type itself, 2 for type/*, 1 for */*, 0 for no match.
func weigh(header, offer string) (q float64, specific int) {
	kind, _, _ := strings.Cut(offer, "/")
	ranges := 0
	for part := range strings.SplitSeq(header, ",") {
		if ranges++; ranges > acceptRanges {
			break
		}
		// An unreadable range is skipped, so that it does not hide the others.
		media, options, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		match := 0
		switch media {
		case offer:
			match = 3
		case kind + "/*":
			match = 2
		case "*/*":
			match = 1
		}
		if charset, ok := options["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
			continue
		}
		// "application/json;q=0, */*" means anything but JSON: the specific range decides.
		if match > specific {
			q, specific = weightOf(options), match
		}
	}
	return q, specific
}

// weightOf returns the q of a media range.
func weightOf(options map[string]string) float64 {
	if q, ok := options["q"]; ok {
		return accept.Weight("q=" + q)
	}
	return 1
}
