package search

import (
	"slices"
	"strings"

	"patternhub/internal/content"
)

// texts is the searchable text of an entry, and the values it is filtered by. Highlights use the
// same texts.
type texts struct {
	name, summary, body string
	aliases             []string
	details             []string
	tier                string // a key
	category            string
	difficulty          string
}

// textsOf returns the texts of a whole entry that the tags of its struct name. Sources, figures and
// references are not among them; an entry that another refers to is found under its own name.
func textsOf(e content.Entry) texts {
	h := e.Head()
	t := texts{name: h.Name, summary: h.Summary}
	t.take(e)
	return t
}

// patternTexts adds the catalogue's name as an alias if it differs from the name.
func patternTexts(t *texts, p *content.Pattern) {
	t.body, t.tier, t.category, t.difficulty = p.Body.Text, p.TierKey, string(p.Category), string(p.Difficulty)
	t.alias(p.Aliases...)
	if squeeze(p.CatalogName) != squeeze(p.Name) {
		t.alias(p.CatalogName)
	}
	t.detail(p.Problem, p.Solution)
	t.detail(p.WhenToUse...)
	t.detail(p.WhenNotToUse...)
	t.detail(p.TradeOffs.Pros...)
	t.detail(p.TradeOffs.Cons...)
	for _, item := range p.Checklist {
		t.detail(item.Text)
	}
	t.detail(p.Tags...)
	t.detail(p.PrerequisiteTopics...)
}

// alias adds other names of the entry.
func (t *texts) alias(names ...string) { t.aliases = append(t.aliases, present(names...)...) }

// detail adds details, which have more weight than the body and less than a summary.
func (t *texts) detail(details ...string) { t.details = append(t.details, present(details...)...) }

// present returns the strings that are not empty.
func present(list ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// value returns what p points to, or the zero value for nil.
func value[V any](p *V) V {
	if p == nil {
		var zero V
		return zero
	}
	return *p
}

// docID names an entry in the index. Equal scores are ordered by it, so it begins with the rank of the
// type as a letter; the generator allows at most 26 types.
func docID(id content.ID) string {
	return "abcdefghijklmnopqrstuvwxyz"[rankOf(id.Type):][:1] + string(id.Type) + ":" + id.Key
}

// entryID parses a docID.
func entryID(doc string) content.ID {
	t, key, _ := strings.Cut(doc[1:], ":")
	return content.ID{Type: content.EntryType(t), Key: key}
}
