package operation

import (
	"sort"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// enough is the panic with which the rules' error function stops a validation that has found enough
// errors.
type enough struct{}

// validationRules returns gqlparser's rules. Those for literals, overlapping fields and
// subscriptions are replaced by our own. If introspection is off, none makes suggestions, which
// would reveal the schema's names.
func (p *Preparer) validationRules() []validator.Rule {
	all := rules.NewDefaultRules()
	// Rules are removed by name: if a release of gqlparser renames one, the differential test
	// against graphql-js fails.
	all.RemoveRule(rules.ValuesOfCorrectTypeRule.Name)
	all.RemoveRule(rules.OverlappingFieldsCanBeMergedRule.Name)
	all.RemoveRule(rules.SingleFieldSubscriptionsRule.Name)
	if p.o.NoIntrospection {
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
		validator.Rule{Name: "ValuesOfCorrectType", RuleFunc: p.literals},
		validator.Rule{Name: "OverlappingFieldsCanBeMerged", RuleFunc: Overlapping},
		validator.Rule{Name: "SingleFieldSubscriptions", RuleFunc: singleField})
	if p.o.NoIntrospection {
		list = append(list, validator.Rule{Name: "NoIntrospection", RuleFunc: noIntrospection})
	}
	return list
}

// validate applies the rules and stops after MaxErrors errors: each further one costs a search for
// suggestions and helps no client. The errors are in the order in which the rules find them. It
// annotates doc.
func (p *Preparer) validate(doc *ast.QueryDocument) (errs gqlerror.List) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(enough); !ok {
				panic(r)
			}
		}
	}()
	// Rules hold state during one validation, so they are bound for each.
	list := make([]validator.Rule, len(p.rules))
	for i, rule := range p.rules {
		list[i] = validator.Rule{Name: rule.Name, RuleFunc: func(events *core.Events, _ core.AddErrFunc) {
			rule.RuleFunc(events, func(options ...core.ErrorOption) {
				err := &gqlerror.Error{}
				for _, option := range options {
					option(err)
				}
				// One error may point to every field of a document.
				if len(err.Locations) > MaxErrors {
					err.Locations = err.Locations[:MaxErrors]
				}
				// The validator has no other way to stop early; the panic never leaves the function.
				if errs = append(errs, err); len(errs) >= MaxErrors {
					panic(enough{})
				}
			})
		}}
	}
	_ = validator.ValidateWithRules(p.info.schema, doc, rules.NewRules(list...)) // the rules above collect the errors
	return errs
}

// noIntrospection refuses __schema. __type remains valid and answers null, so that a client that
// probes a name learns nothing.
func noIntrospection(events *core.Events, add core.AddErrFunc) {
	events.OnField(func(_ *core.Walker, f *ast.Field) {
		if f.Name == "__schema" {
			add(core.Message("Introspection is not available."), core.At(f.Position))
		}
	})
}

// reserved reports whether a name is reserved for introspection.
func reserved(name string) bool { return strings.HasPrefix(name, "__") }

// hideTypes makes every __type of an operation ask for the type without a name, which no schema
// has. The answer is null, whatever was asked for, without an error, which would reveal that there
// is something to find.
func hideTypes(op *Operation) {
	written(op.Doc, func(sel ast.Selection) {
		f, ok := sel.(*ast.Field)
		if !ok || f.Name != "__type" {
			return
		}
		for _, arg := range f.Arguments {
			arg.Value = &ast.Value{
				Kind: ast.StringValue, Definition: arg.Value.Definition,
				ExpectedType: arg.Value.ExpectedType, Position: arg.Value.Position,
			}
		}
	})
}
