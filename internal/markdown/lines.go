package markdown

import "strings"

// unix replaces the line ends of Windows and of old Macs with line feeds, so that all code sees the
// same lines. The number of lines does not change. CommonMark and YAML accept all three line ends,
// even mixed.
func unix(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// linesOf splits text after each of its line ends, of any form. Like strings.SplitAfter it
// returns an additional empty line if the text ends with a line end.
func linesOf(s string) []string {
	var out []string
	for {
		at := strings.IndexAny(s, "\r\n")
		if at < 0 {
			return append(out, s)
		}
		if strings.HasPrefix(s[at:], "\r\n") {
			at++
		}
		out, s = append(out, s[:at+1]), s[at+1:]
	}
}
