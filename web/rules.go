package web

import (
	"sort"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// enough is thrown by the rules' error function to stop a validation that has told enough.
type enough struct{}

// validationRules are gqlparser's rules, with those for literals, for overlapping fields and for
// subscriptions replaced by ours and, where introspection is off, without suggestions that would tell the schema's names.
func (s *Server) validationRules() []validator.Rule {
	all := rules.NewDefaultRules()
	// Rules are removed by name: a release of gqlparser that renames one fails the differential
	// test against graphql-js.
	all.RemoveRule(rules.ValuesOfCorrectTypeRule.Name)
	all.RemoveRule(rules.OverlappingFieldsCanBeMergedRule.Name)
	all.RemoveRule(rules.SingleFieldSubscriptionsRule.Name)
	if s.opts.NoIntrospection {
		for _, r := range []struct{ with, without core.Rule }{
			{rules.FieldsOnCorrectTypeRule, rules.FieldsOnCorrectTypeRuleWithoutSuggestions},
			{rules.KnownArgumentNamesRule, rules.KnownArgumentNamesRuleWithoutSuggestions},
			{rules.KnownTypeNamesRule, rules.KnownTypeNamesRuleWithoutSuggestions},
			{rules.ScalarLeafsRule, rules.ScalarLeafsRuleWithoutSuggestions},
		} {
			all.RemoveRule(r.with.Name)
			all.AddRule(r.without.Name, r.without.RuleFunc)
		}
	}
	// A fixed order makes the first errors the same in every run.
	var list []validator.Rule
	for name, f := range all.GetInner() {
		list = append(list, validator.Rule{Name: name, RuleFunc: f})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	list = append(list,
		validator.Rule{Name: "ValuesOfCorrectType", RuleFunc: s.literals},
		validator.Rule{Name: "OverlappingFieldsCanBeMerged", RuleFunc: overlapping},
		validator.Rule{Name: "SingleFieldSubscriptions", RuleFunc: singleField})
	if s.opts.NoIntrospection {
		list = append(list, validator.Rule{Name: "NoIntrospection", RuleFunc: noIntrospection})
	}
	return list
}

// validate applies the rules and stops at the first errors: each further one costs a search for
// suggestions and helps nobody.
// The errors come in the order in which the rules find them, at most maxErrors of them. It
// annotates doc.
func (o *operations) validate(doc *ast.QueryDocument) (errs gqlerror.List) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(enough); !ok {
				panic(r)
			}
		}
	}()
	// Rules keep their state between start and end of one validation, so they are bound anew.
	list := make([]validator.Rule, len(o.rules))
	for i, rule := range o.rules {
		list[i] = validator.Rule{Name: rule.Name, RuleFunc: func(events *core.Events, _ core.AddErrFunc) {
			rule.RuleFunc(events, func(options ...core.ErrorOption) {
				err := &gqlerror.Error{}
				for _, option := range options {
					option(err)
				}
				// One error may point to every field of a document.
				if len(err.Locations) > maxErrors {
					err.Locations = err.Locations[:maxErrors]
				}
				// The validator has no way to stop early but this; the panic never leaves the function.
				if errs = append(errs, err); len(errs) >= maxErrors {
					panic(enough{})
				}
			})
		}}
	}
	_ = validator.ValidateWithRules(o.s.info.schema, doc, rules.NewRules(list...)) // the rules above keep the errors themselves
	return errs
}

// noIntrospection refuses __schema. __type stays valid and answers null, so that a client
// that probes one name learns nothing.
func noIntrospection(events *core.Events, add core.AddErrFunc) {
	events.OnField(func(_ *core.Walker, f *ast.Field) {
		if f.Name == "__schema" {
			add(core.Message("Introspection is not available."), core.At(f.Position))
		}
	})
}

// reserved tells the names that only introspection may use.
func reserved(name string) bool { return strings.HasPrefix(name, "__") }
