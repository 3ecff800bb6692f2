package pages

import (
	"slices"

	"patternhub/internal/site/form"
)

// option is a value of a field with its text.
type option struct{ Value, Label string }

// enumOptions returns the values of a choice as options.
// Their order is that of the field; values are written as in addresses.
func enumOptions(f *form.Field) []option {
	out := make([]option, len(f.Values))
	for i, v := range f.Values {
		out[i] = option{form.Param(v), label(v)}
	}
	return out
}

// tierOptions returns tiers as options.
func tierOptions(tiers []TierName) []option {
	out := make([]option, len(tiers))
	for i, t := range tiers {
		out[i] = option{t.Slug, t.Name}
	}
	return out
}

// chosen reports whether a pattern of the tier is chosen.
// Such a tier is shown open, so that nothing that is chosen is hidden.
func (t Choices) chosen(st *form.State, param string) bool {
	for _, p := range t.Patterns.Nodes {
		if st.Has(param, p.Slug) {
			return true
		}
	}
	return false
}

// strangers returns the chosen values that are no pattern of any tier, so that sending the form again
// keeps them. An address may have a slug that does not exist, and a tier more patterns than are shown.
func strangers(st *form.State, param string, tiers []Choices) []string {
	known := func(v string) bool {
		return slices.ContainsFunc(tiers, func(t Choices) bool {
			return slices.ContainsFunc(t.Patterns.Nodes, func(p ChoicesPatternsNodes) bool { return p.Slug == v })
		})
	}
	return slices.DeleteFunc(slices.Clone(st.Values(param)), known)
}

// toolHead returns the head of a page with a form. Only the empty form is for search engines.
func (f *Frame) toolHead(title, description string, crumbs ...Link) Head {
	return Head{Title: title, Description: description, Crumbs: append([]Link{home}, crumbs...), Unlisted: !f.Form.Empty()}
}
