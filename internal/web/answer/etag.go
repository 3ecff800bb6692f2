package answer

import (
	"encoding/base64"
	"strconv"

	"patternhub/internal/accept"
)

// etag returns the tag of one representation of an answer. It holds 16 bytes of the sum, enough to
// exclude collisions, the revision, the media type and the encoding.
func (k answerKey) etag(media, encoding string) string {
	return string(k.appendTag(make([]byte, 0, tagBytes), media, encoding))
}

// tagBytes is at least the length of a tag: 22 digits of the sum, 13 of the revision, 5 signs.
const tagBytes = 48

// appendTag appends the tag to b.
func (k answerKey) appendTag(b []byte, media, encoding string) []byte {
	b = append(b, '"')
	b = base64.RawURLEncoding.AppendEncode(b, k.sum[:16])
	// The revision is separate on purpose: tags in a log show whether the graph has changed.
	b = append(b, '-')
	b = strconv.AppendUint(b, k.revision, 36)
	if media == MediaResponse {
		b = append(b, 'r')
	}
	if encoding != "" {
		b = append(b, 'z')
	}
	return append(b, '"')
}

// matches returns the current answer's tag, in any encoding, if If-None-Match lists it, otherwise "".
func matches(headers []string, key answerKey, media string) string {
	if len(headers) == 0 {
		return ""
	}
	// Arrays on the stack: most comparisons end here.
	var plain, zipped [tagBytes]byte
	p, z := key.appendTag(plain[:0], media, ""), key.appendTag(zipped[:0], media, "gzip")
	switch accept.Tag(headers, p, z) {
	case 0:
		return string(p)
	case 1:
		return string(z)
	}
	return ""
}
