package porting

import (
	"bytes"
	"encoding/xml"
	"errors"
	"path"
	"strings"
	"unicode/utf8"
)

// media is a kind of files that an import accepts: its media type, and whether bytes are of it.
type media struct {
	name string
	is   func(data []byte) bool
}

// accepted are the kinds of files by the ending of their names. Both ending and content decide, so that no
// file is served as something that it is not. None of them is run by a browser, except for scripts in SVG,
// which the policy of its answer forbids.
var accepted = map[string]media{
	".png":  {"image/png", begins("\x89PNG\r\n\x1a\n")},
	".jpg":  {"image/jpeg", begins("\xff\xd8\xff")},
	".jpeg": {"image/jpeg", begins("\xff\xd8\xff")},
	".gif":  {"image/gif", begins("GIF8")},
	".webp": {"image/webp", has(8, "WEBP")},
	".avif": {"image/avif", has(4, "ftypavi")},
	".ico":  {"image/vnd.microsoft.icon", begins("\x00\x00\x01\x00")},
	".svg":  {"image/svg+xml", isSVG},
	".pdf":  {"application/pdf", begins("%PDF-")},
	".zip":  {"application/zip", begins("PK")},
	".gz":   {"application/gzip", begins("\x1f\x8b")},
	".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", begins("PK")},
	".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", begins("PK")},
	".pptx": {"application/vnd.openxmlformats-officedocument.presentationml.presentation", begins("PK")},
	".mp4":  {"video/mp4", has(4, "ftyp")},
	".webm": {"video/webm", begins("\x1aE\xdf\xa3")},
	".mp3":  {"audio/mpeg", isMP3},
	".ogg":  {"audio/ogg", begins("OggS")},
	".txt":  {"text/plain; charset=utf-8", isText},
	".csv":  {"text/csv; charset=utf-8", isText},
	".json": {"application/json", isText},
	".toml": {"application/toml", isText},
	".yaml": {"application/yaml", isText},
	".yml":  {"application/yaml", isText},
}

// The reasons for which a file is left out.
var (
	errKind    = errors.New("files of this kind are not imported")
	errContent = errors.New("its content is not what its name says")
)

// kindOf returns the kind of a file by its name.
func kindOf(file string) (media, bool) {
	kind, ok := accepted[strings.ToLower(path.Ext(file))]
	return kind, ok
}

// mediaType returns the media type of a file, or why it is not imported.
func mediaType(file string, data []byte) (string, error) {
	kind, ok := kindOf(file)
	switch {
	case !ok:
		return "", errKind
	case !kind.is(data):
		return "", errContent
	}
	return kind.name, nil
}

// begins returns a function that reports whether data begins with a text.
func begins(with string) func([]byte) bool { return has(0, with) }

// has returns a function that reports whether a text stands at an offset.
func has(at int, text string) func([]byte) bool {
	return func(data []byte) bool { return len(data) >= at && bytes.HasPrefix(data[at:], []byte(text)) }
}

// isMP3 reports whether data begins with an ID3 tag or with the eleven set bits of an MPEG frame.
func isMP3(data []byte) bool {
	return begins("ID3")(data) || len(data) > 1 && data[0] == 0xff && data[1]&0xe0 == 0xe0
}

// isText reports whether data is UTF-8 without a zero, which binary formats usually contain.
func isText(data []byte) bool { return utf8.Valid(data) && !bytes.ContainsRune(data, 0) }

// isSVG reports whether the first element is svg. What comes after it is not looked at: the browser gets the
// file as an SVG that may run nothing.
func isSVG(data []byte) bool {
	if !isText(data) {
		return false
	}
	in := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	in.Strict = false
	for {
		token, err := in.RawToken()
		if err != nil {
			return false
		}
		if first, ok := token.(xml.StartElement); ok {
			return first.Name.Local == "svg"
		}
	}
}
