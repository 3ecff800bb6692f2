package markdown

import (
	"regexp"
	"strings"
	"time"
)

var (
	// numericDate matches a date in numbers with the year first; yearLast one with the year last,
	// in either order of day and month.
	numericDate = regexp.MustCompile(`^([0-9]{4})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?(?:$|[T\s_,]+)`)
	yearLast    = regexp.MustCompile(`^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})(?:$|[T\s_,]+)`)
	// weekday and ordinal match the parts of a date that carry no information.
	weekday = regexp.MustCompile(`(?i)^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+`)
	ordinal = regexp.MustCompile(`(?i)\b([0-9]{1,2})(?:st|nd|rd|th)\b`)
)

// datesInWords are the layouts of dates with the name of a month, without commas and full stops.
var datesInWords = []string{"January 2 2006", "Jan 2 2006", "2 January 2006", "2 Jan 2006", "2-Jan-2006", "2-January-2006", "January 2006", "Jan 2006", "2006 January 2", "2006 Jan 2", "2006-Jan-2"}

// moment parses a date or time as people and programs write them in front matter: a date in numbers
// or with the English name of a month; a day, a month or a year; and optionally a time of day. The
// result is the beginning of that period, in UTC without a zone. If day and month could be swapped,
// the later date counts. It returns false for anything else.
func moment(text string) (time.Time, bool) {
	text = strings.Join(strings.Fields(text), " ")
	if digits := strings.Trim(text, "0123456789") == ""; digits && len(text) > len("2006") {
		return number(text)
	}
	if m := numericDate.FindStringSubmatch(text); m != nil {
		day := m[1] + "-" + orFirst(m[2]) + "-" + orFirst(m[3])
		if t, ok := at([]string{"2006-1-2"}, day, text[len(m[0]):]); ok {
			return t, true
		}
	}
	if m := yearLast.FindStringSubmatch(text); m != nil {
		day := m[1] + "-" + m[2] + "-" + m[3]
		return at([]string{"2-1-2006", "1-2-2006"}, day, text[len(m[0]):])
	}
	text = ordinal.ReplaceAllString(weekday.ReplaceAllString(text, ""), "$1")
	text = strings.NewReplacer(",", " ", ". ", " ", "Sept ", "Sep ").Replace(text)
	words := strings.Fields(strings.ReplaceAll(text, " at ", " "))
	for n := min(3, len(words)); n > 0; n-- {
		if t, ok := at(datesInWords, strings.Join(words[:n], " "), strings.Join(words[n:], " ")); ok {
			return t, true
		}
	}
	return time.Time{}, false
}

func orFirst(part string) string {
	if part == "" {
		return "1"
	}
	return part
}

// number parses a date in digits alone: a day, a month, or seconds or milliseconds since 1970.
func number(digits string) (time.Time, bool) {
	switch len(digits) {
	case len("200601"):
		t, err := time.Parse("200601", digits)
		return t, err == nil
	case len("20060102"):
		t, err := time.Parse("20060102", digits)
		return t, err == nil
	}
	if len(digits) > 15 {
		return time.Time{}, false
	}
	var n int64
	for _, d := range []byte(digits) {
		n = n*10 + int64(d-'0')
	}
	if len(digits) > 11 {
		return time.UnixMilli(n), true
	}
	return time.Unix(n, 0), len(digits) >= 9
}

// at parses a day in one of some layouts, and the time of day after it.
func at(forms []string, day, clock string) (latest time.Time, ok bool) {
	for _, form := range forms {
		if clock == "" {
			if t, err := time.Parse(form, day); err == nil && (!ok || t.After(latest)) {
				latest, ok = t, true
			}
			continue
		}
		for _, hour := range []string{"15:04:05", "15:04", "3:04 PM", "3:04PM", "3:04:05 PM", "3 PM", "3PM", "1504", "15"} {
			for _, zone := range []string{"", "Z07:00", " Z07:00", "-0700", " -0700", "-07", " -07", " MST"} {
				t, err := time.Parse(form+" "+hour+zone, day+" "+strings.ToUpper(clock))
				if err == nil && (!ok || t.After(latest)) {
					latest, ok = t, true
				}
			}
		}
	}
	return latest, ok
}
