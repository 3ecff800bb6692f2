// Package accept reads what a client accepts: the encodings of an answer, and the copies of it that the
// client has.
package accept

import (
	"math"
	"strconv"
	"strings"
)

// maxParts bounds how many parts of a header are read; browsers send fewer than ten.
const maxParts = 64

// Encoding returns the one of some encodings that a client prefers by its Accept-Encoding headers, and "" if
// it names none of them. Of equally good ones it is the first of offers. A wildcard counts for nothing, since
// clients that want an encoding name it.
func Encoding(headers []string, offers ...string) string {
	best, bestAt, bestQ := "", 0, 0.0
	for part := range parts(headers) {
		name, options, _ := strings.Cut(part, ";")
		name = strings.TrimSpace(name)
		for at, offer := range offers {
			if !strings.EqualFold(name, offer) {
				continue
			}
			if q := Weight(options); q > bestQ || q == bestQ && q > 0 && at < bestAt {
				best, bestAt, bestQ = offer, at, q
			}
		}
	}
	return best
}

// Weight returns the q of the parameters of a part of a header, 1 if they have none. An invalid one is 0, so
// that it never wins.
func Weight(options string) float64 {
	for option := range strings.SplitSeq(options, ";") {
		name, value, _ := strings.Cut(option, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || math.IsNaN(q) || q < 0 || q > 1 {
			return 0
		}
		return q
	}
	return 1
}

// Tag returns which of some entity tags the If-None-Match headers of a client list, and -1 for none of them.
// "*" lists every tag. Tags are compared weakly, since a proxy may have weakened one.
func Tag[T ~string | ~[]byte](headers []string, tags ...T) int {
	for sent := range parts(headers) {
		if sent == "*" {
			return 0
		}
		sent = strings.TrimPrefix(sent, weak)
		for i, tag := range tags {
			if sent != "" && sent == strings.TrimPrefix(string(tag), weak) {
				return i
			}
		}
	}
	return -1
}

// weak begins a weak tag.
const weak = "W/"

// parts calls yield with the parts of headers that are lists, without the spaces around them.
func parts(headers []string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		n := 0
		for _, header := range headers {
			for part := range strings.SplitSeq(header, ",") {
				if n++; n > maxParts || !yield(strings.TrimSpace(part)) {
					return
				}
			}
		}
	}
}
