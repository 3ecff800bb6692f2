package content

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
)

// Fingerprint tells entries with different content apart: it covers everything an author can
// write and leaves out what the store adds (revision, times, state, rendered texts).
func Fingerprint(e Entry) (string, error) {
	v := reflect.New(reflect.TypeOf(e).Elem())
	v.Elem().Set(reflect.ValueOf(e).Elem())
	bare := v.Interface().(Entry)
	h := bare.Head()
	*h = Meta{Key: h.Key, Type: h.Type, Slug: h.Slug, Name: h.Name, Summary: h.Summary}
	for _, field := range v.Elem().Fields() {
		if text, ok := reflect.TypeAssert[*RichText](field.Addr()); ok {
			*text = RichText{Markdown: text.Markdown}
		}
	}
	raw, err := json.Marshal(bare)
	if err != nil {
		return "", fmt.Errorf("fingerprint %s: %w", e.ID().Type, err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// NewEntry makes an empty entry of a type; nil for an unknown one.
func NewEntry(t EntryType) Entry {
	var e Entry
	switch t {
	case TypeTier:
		e = &Tier{}
	case TypeLaw:
		e = &Law{}
	case TypePillar:
		e = &Pillar{}
	case TypeRole:
		e = &Role{}
	case TypeCompany:
		e = &Company{}
	case TypePractice:
		e = &Practice{}
	case TypePattern:
		e = &Pattern{}
	case TypeCaseStudy:
		e = &CaseStudy{}
	case TypeFailureStudy:
		e = &FailureStudy{}
	case TypeGuide:
		e = &Guide{}
	case TypeQuickStart:
		e = &QuickStart{}
	case TypeLearningPath:
		e = &LearningPath{}
	case TypeJourney:
		e = &Journey{}
	case TypeMigration:
		e = &Migration{}
	case TypeComparison:
		e = &Comparison{}
	case TypePage:
		e = &Page{}
	default:
		return nil
	}
	e.Head().Type = t
	return e
}
