package web

import (
	"mime"
	"strconv"
	"strings"
)

// The media types of answers.
const (
	mediaResponse = "application/graphql-response+json"
	mediaJSON     = "application/json"
	mediaEvents   = "text/event-stream"
)

// acceptRanges bounds what is read of an Accept header; browsers send fewer than ten.
const acceptRanges = 32

// negotiate picks the media type of the answer by the Accept headers: the one with the highest
// q, the more specific range deciding where several match. A client that says nothing or takes
// everything gets application/json, as the protocol asks. No match at all gives "".
func negotiate(accept []string) string {
	header := strings.TrimSpace(strings.Join(accept, ","))
	if header == "" {
		return mediaJSON
	}
	best, bestQ := "", 0.0
	// Of equal weights the first wins, which is why application/json stands first.
	for _, offer := range []string{mediaJSON, mediaResponse} {
		if q := quality(header, offer); q > bestQ {
			best, bestQ = offer, q
		}
	}
	return best
}

// acceptsEvents tells whether a client names the media type of event streams.
// A wildcard is not enough: every client that takes anything would get a stream it does not expect.
func acceptsEvents(accept []string) bool {
	q, specific := weigh(strings.Join(accept, ","), mediaEvents)
	return q > 0 && specific == 3
}

// quality gives the q of one offer.
func quality(header, offer string) float64 {
	q, _ := weigh(header, offer)
	return q
}

// weigh gives the q of the most specific range that matches the offer, and how specific it was:
// 3 for the type itself, 2 for type/*, 1 for */*, 0 for no match.
func weigh(header, offer string) (q float64, specific int) {
	kind, _, _ := strings.Cut(offer, "/")
	ranges := 0
	for part := range strings.SplitSeq(header, ",") {
		if ranges++; ranges > acceptRanges {
			break
		}
		// A range that cannot be read is skipped: one broken tool must not hide the others.
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
			q, specific = parseQ(options["q"]), match
		}
	}
	return q, specific
}

// parseQ reads a weight; a broken one counts as 0, so that it never wins.
func parseQ(s string) float64 {
	if s == "" {
		return 1
	}
	q, err := strconv.ParseFloat(s, 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}
