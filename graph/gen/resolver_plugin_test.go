package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/google/go-cmp/cmp"

	"patternhub/graph/gen/vocabulary"
)

// hubVocabulary reads the vocabulary of the hub.
func hubVocabulary(t *testing.T) *vocabulary.Vocabulary {
	t.Helper()
	v, err := vocabulary.Read("../../internal/content", contract(t))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// field returns a field of the hub's schema with the parts that derive reads, "Pattern.laws".
func field(t *testing.T, v *vocabulary.Vocabulary, name string) *codegen.Field {
	t.Helper()
	object, name, _ := strings.Cut(name, ".")
	def := v.Schema.Types[object]
	declared := def.Fields.ForName(name)
	if declared == nil {
		t.Fatalf("there is no field %s of %s", name, object)
	}
	f := &codegen.Field{
		FieldDefinition: declared,
		Object:          &codegen.Object{Definition: def},
		TypeReference:   &config.TypeReference{Definition: v.Schema.Types[declared.Type.Name()], GQL: declared.Type},
	}
	for _, a := range declared.Arguments {
		f.Args = append(f.Args, &codegen.FieldArgument{ArgumentDefinition: a})
	}
	return f
}

func TestResolversFollowFromTheVocabulary(t *testing.T) {
	const page = "relay.Page{First: first, After: after, Last: last, Before: before}"
	v := hubVocabulary(t)
	for name, want := range map[string]string{
		"Query.law":                       "loaders.For(ctx).Laws.BySlug(ctx, slug)",
		"Query.laws":                      `loaders.For(ctx).Laws.All(ctx, content.Order{Field: "NUMBER"})`,
		"Query.failures":                  "relay.Found(loaders.For(ctx).Failures, content.Scope{}, " + page + ", filter, orderBy)",
		"Query.page":                      "", // by its path
		"Query.node":                      "",
		"Mutation.lawCreate":              "create[content.Law](ctx, &r.r.Authoring, r.r.request(ctx), input)",
		"Mutation.entryPublish":           "",
		"Law.revisions":                   "revisions(ctx, obj, " + page + ")",
		"Law.directPillars":               "loaders.For(ctx).Pillars.LoadAll(ctx, obj.DirectPillarKeys)",
		"Pattern.tier":                    "loaders.For(ctx).Tiers.Load(ctx, obj.TierKey)",
		"Guide.practices":                 "relay.Listed(loaders.For(ctx).Practices, obj.PracticeKeys, " + page + ", filter, orderBy)",
		"Pattern.companies":               "relay.ListedWith(loaders.For(ctx).Companies, obj.Adoptions, " + page + ", filter, orderBy, relay.NewPatternCompanyEdge)",
		"Company.patterns":                `relay.FoundWith(loaders.For(ctx).Patterns, content.Scope{Ref: content.RefTo("companies.company", obj.Key)}, ` + page + ", filter, orderBy, relay.CompanyPatternEdges(obj.Key))",
		"Pattern.guides":                  `relay.Found(loaders.For(ctx).Guides, content.Scope{Ref: content.RefTo("patterns", obj.Key)}, ` + page + ", filter, orderBy)",
		"Pattern.guideMentions":           "relay.Found(loaders.For(ctx).Guides, content.Scope{Ref: content.RefToAny(obj.ID())}, " + page + ", filter, orderBy)",
		"Pattern.relatedPatterns":         "", // read from both ends
		"Role.learningPath":               "", // the first of a list
		"PatternCaseStudyEdge.listedTier": "loaders.For(ctx).Tiers.Load(ctx, obj.ListedTierKey)",
	} {
		got, err := derive(v, field(t, v, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestPageFieldsAreReadAsTheyAreShown(t *testing.T) {
	v := hubVocabulary(t)
	p := v.Entry("Pattern")
	for stored, want := range map[string]string{"problem": "p.Problem", "body": "&p.Body", "tierClaims": "pointers(p.TierClaims)", "checklist": "p.Checklist"} {
		if got := pageRow(v, p, p.ByStored(stored)).Of("p"); got != want {
			t.Errorf("%s is read by %s, want %s", stored, got, want)
		}
	}
}

// TestRows checks which fields the engine reads without a call.
func TestRows(t *testing.T) {
	v := hubVocabulary(t)
	for name, want := range map[string]string{
		"Pattern.tier":                    "one Tier by TierKey",
		"Pattern.laws":                    "many Law by LawKeys",
		"PatternCaseStudyEdge.listedTier": "one Tier by ListedTierKey",
		"Pattern.body":                    "the page's Body",
		"Pattern.companies":               "", // pages of a list
		"Pattern.revisions":               "",
		"Pattern.slug":                    "",
		"Query.pattern":                   "",
	} {
		got := ""
		switch r := deriveRow(v, field(t, v, name)); {
		case r == nil:
		case r.Page != nil:
			got = "the page's " + r.Page.Name
		case r.Many:
			got = "many " + r.Entry.Name + " by " + r.Key
		default:
			got = "one " + r.Entry.Name + " by " + r.Key
		}
		if got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// TestAOneEntryTypeHasNoSlug turns a type of the hub into a singleton; the hub has none yet.
func TestAOneEntryTypeHasNoSlug(t *testing.T) {
	v := hubVocabulary(t)
	v.Entry("Page").Singleton = true
	f := field(t, v, "Query.page")
	f.Args = nil
	if got, err := derive(v, f); err != nil || got != "loaders.For(ctx).Pages.Load(ctx, content.TypePage.OnlyKey())" {
		t.Errorf("the only page is read by %s, %v", got, err)
	}
}

func TestResolversOfNoFieldAreFound(t *testing.T) {
	written := map[string]bool{"lawResolver.Body": true, "lawResolver.Gone": true, "Resolver.Law": true, "Resolver.helper": true, "pageOf": true}
	err := orphans(written, map[string]bool{"lawResolver.Body": true})
	if err == nil || err.Error() != "Gone of lawResolver resolves no field of the schema" {
		t.Errorf("got %v", err)
	}
}

func TestFramesAreAddedToWhatIsThere(t *testing.T) {
	name := filepath.Join(t.TempDir(), "law.resolvers.go")
	for _, method := range []string{"Body", "Title"} {
		if err := addFrames(name, "func (r *lawResolver) "+method+"(ctx context.Context) error {\n\tpanic(\"not written yet\")\n}\n"); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := "package resolvers\n\nimport (\n\t\"context\"\n)\n\nfunc (r *lawResolver) Body(ctx context.Context) error {\n\tpanic(\"not written yet\")\n}\n\n" +
		"func (r *lawResolver) Title(ctx context.Context) error {\n\tpanic(\"not written yet\")\n}\n"
	if d := cmp.Diff(want, string(text)); d != "" {
		t.Errorf("frames (-want +got):\n%s", d)
	}
}

func TestBindingsFollowFromTheVocabulary(t *testing.T) {
	cfg := &config.Config{Models: config.TypeMap{
		"Law":        {Fields: map[string]config.TypeMapField{"loops": {FieldName: "Cycles"}}},
		"LawPayload": {Model: config.StringList{"said.by/hand"}},
	}}
	bind(cfg, hubVocabulary(t))
	law := cfg.Models["Law"].Fields
	if !law["body"].Resolver || law["loops"].FieldName != "Cycles" || law["loops"].Resolver || law["number"].Resolver {
		t.Errorf("the fields of Law are %+v", law)
	}
	if omittable := cfg.Models["LawInput"].Fields["summary"].Omittable; omittable == nil || !*omittable {
		t.Error("null and absent are the same in LawInput")
	}
	for name, want := range map[string]string{
		"LawPayload": "said.by/hand", "PillarPayload": relayPackage + "PillarPayload", "LawOrderField": graphqlString,
		"LawOrder": contentPackage + "OrderBy", "PatternFacet": graphqlString, "AdoptionInput": contentPackage + "Adoption",
	} {
		if got := cfg.Models[name].Model; len(got) != 1 || got[0] != want {
			t.Errorf("%s is bound to %v, want %s", name, got, want)
		}
	}
	if got := cfg.Models["PillarPayload"].Fields["pillar"].FieldName; got != "Entry" {
		t.Errorf("the entry of a payload is %q", got)
	}
	if _, bound := cfg.Models["MetaInput"]; bound {
		t.Error("what all entries share has an input")
	}
}
