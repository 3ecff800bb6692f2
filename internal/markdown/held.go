package markdown

import (
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"patternhub/internal/content"
)

// holding is the way in which the value of a key holds a file, that is, keeps it from being
// published.
type holding int

const (
	// heldByYes holds a file unless the value is a no: draft.
	heldByYes holding = iota + 1
	// heldByNo holds a file by a no, a state or a future date: published.
	heldByNo
	// heldByState holds a file by the name of a state before publishing: status.
	heldByState
	// heldUntil holds a file until a date, or by a date that cannot be parsed: date.
	heldUntil
	// heldFrom holds a file from a date on, or by a date that cannot be parsed: expiryDate.
	heldFrom
)

// holdings are the keys with which other programs keep files from being published or off their
// menus, in lower case without dashes and underscores.
var holdings = func() map[string]holding {
	out := map[string]holding{}
	for how, keys := range map[holding]string{
		heldByYes:   "draft drafts isdraft unlisted isunlisted hidden ishidden private isprivate unpublished wip headless exclude ignore eleventyexcludefromcollections",
		heldByNo:    "published ispublished publish public ispublic visible listed released render routable discoverable",
		heldByState: "status state visibility poststatus publishstatus list",
		heldUntil:   "date datepublished publishdate publisheddate publishedat publishedon publishon publishat pubdate postdate releasedate scheduled scheduledat embargo",
		heldFrom:    "expirydate expires expireson expiresat expiry unpublishdate unpublishon unpublishat validuntil",
	} {
		for key := range strings.FieldsSeq(keys) {
			out[key] = how
		}
	}
	return out
}()

// inner are the keys of Starlight, Hugo, Zola and MkDocs whose mappings have such keys.
var inner = []string{"sidebar", "build", "params", "extra", "date"}

// unready are the states of unpublished files.
var unready = []string{
	"draft", "drafts", "hidden", "private", "unlisted", "unpublished", "pending", "review", "inreview", "inprogress", "scheduled", "future",
	"wip", "workinprogress", "todo", "skip", "trash", "never", "link", "internal",
}

// Held returns the reason for which the front matter of a file, in the conventions of other
// programs, keeps it from being published; empty if there is none. e is an entry of the file's
// type: its own fields are never read as another program's. A file that cannot be read is not held.
func Held(src []byte, e content.Entry, now time.Time) string {
	f, err := split(src)
	if err != nil || f.front == nil {
		return ""
	}
	own := map[string]bool{}
	for _, c := range columns(reflect.ValueOf(e).Elem()) {
		own[c.name] = true
	}
	return heldBy(f.front, "", own, now)
}

// heldBy returns the first reason in a mapping and in the inner mappings below it. within is the
// key of the mapping, followed by a dot.
func heldBy(n ast.Node, within string, own map[string]bool, now time.Time) string {
	list, _ := pairs(n)
	for _, pair := range list {
		key, value := keyOf(pair), plainValue(pair.Value)
		plain := bareWord(key)
		how := holdings[plain]
		switch {
		case within == "" && own[key]:
			continue
		case within == "date." && (plain == "created" || plain == "published"):
			how = heldUntil // Material for MkDocs
		}
		if _, ok := pairs(value); ok {
			if within == "" && slices.Contains(inner, plain) {
				if why := heldBy(value, key+".", own, now); why != "" {
					return why
				}
			}
			continue
		}
		text, ok := scalarText(value)
		if !ok {
			continue
		}
		switch text = strings.TrimSpace(text); how.holds(text, now) {
		case certain:
			return fmt.Sprintf("the front matter says %s%s: %s", within, key, text)
		case unclear:
			return fmt.Sprintf("the front matter says %s%s: %s, which cannot be understood as a date", within, key, text)
		case none:
		}
	}
	return ""
}

// plainValue returns a value without the tag or anchor before it.
func plainValue(n ast.Node) ast.Node {
	for {
		switch v := n.(type) {
		case *ast.TagNode:
			n = v.Value
		case *ast.AnchorNode:
			n = v.Value
		default:
			return n
		}
	}
}

// bareWord returns a word in lower case, without the signs that join words.
func bareWord(s string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
}

// verdict says whether a value holds a file. A date that cannot be parsed is unclear, and holds the
// file to be safe.
type verdict int

const (
	none verdict = iota
	certain
	unclear
)

// holds returns whether a value holds a file.
func (how holding) holds(text string, now time.Time) verdict {
	yes, no := truth(text)
	state := slices.Contains(unready, bareWord(text))
	t, isDate := moment(text)
	switch {
	case text == "" || text == "~" || how == 0:
	case how == heldByYes && !no,
		how == heldByNo && (no || state || isDate && !yes && t.After(now)),
		how == heldByState && state,
		how == heldUntil && isDate && t.After(now),
		how == heldFrom && isDate && !t.After(now):
		return certain
	case how == heldFrom && strings.EqualFold(text, "never"):
	case (how == heldUntil || how == heldFrom) && !isDate && !yes && !no:
		return unclear
	}
	return none
}

// truth parses yes or no in all the words of YAML 1.1, which other programs still use.
func truth(text string) (yes, no bool) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "y", "1":
		return true, false
	case "false", "no", "off", "n", "0":
		return false, true
	}
	return false, false
}

// datedName matches the date at the start of a file's name, as in Jekyll's posts.
var datedName = regexp.MustCompile(`^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})-`)

// HeldName returns the reason for which the path of a file, in the conventions of other programs,
// keeps it from being published; empty if there is none. Jekyll and Hexo have folders of drafts,
// and of posts whose names begin with a date.
func HeldName(file string, now time.Time) string {
	folders := strings.Split(path.Dir(file), "/")
	if slices.Contains(folders, "_drafts") {
		return "it is in the folder _drafts"
	}
	m := datedName.FindStringSubmatch(path.Base(file))
	if m == nil || !slices.Contains(folders, "_posts") {
		return ""
	}
	if t, ok := moment(m[1]); !ok || t.After(now) {
		return "its name begins with the date " + m[1]
	}
	return ""
}
