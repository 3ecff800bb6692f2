package operation

import (
	"math"
	"strconv"

	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// defaultPage is the page of a connection without first and last.
	defaultPage = 20
	// defaultList is assumed of a plain list without @listSize: longer ones are connections.
	defaultList = 50
	// standardIntrospection is the cost of the standard introspection query. Everything below
	// __schema and __type is priced in proportion, so that a request may ask for at most ten of
	// them.
	standardIntrospection = 1_000
	// mutationCost is the cost of a root field of the mutation type.
	mutationCost = 10
)

// schemaInfo holds what the walk needs to know about the schema, computed once. It is read-only after
// newSchemaInfo, and all requests share it.
type schemaInfo struct {
	schema  *ast.Schema
	fields  map[*ast.FieldDefinition]*fieldInfo
	raw     int64 // the cost of the standard introspection query before it is scaled
	pageMax int64
}

// fieldInfo has the cost of one selection of a field. The definitions are pointers into the schema in
// memory, so the pointer is the key, and a look-up costs one hash of it.
type fieldInfo struct {
	weight     int64    // its own cost: 1 for an object, 0 for a leaf, or @cost
	weighted   bool     // the weight comes from @cost
	size       int64    // how many times a plain list repeats its children; 1 without a list
	slicing    []string // the arguments that size a connection's page
	page       int64    // the default page
	sized      bool     // repeated by the parent's page
	composite  bool     // it has a selection
	list       bool     // it is a list itself, not an object that contains one
	introspect bool     // it is __schema or __type
	target     *ast.Definition
	depends    depends
	uncached   bool // its answer depends on more than published entries
}

// newSchemaInfo reads the weights and sizes from the schema's directives @cost and @listSize, which
// follow the cost directives' specification. pageMax is the largest page of a connection.
func newSchemaInfo(schema *ast.Schema, pageMax int) *schemaInfo {
	info := &schemaInfo{schema: schema, fields: map[*ast.FieldDefinition]*fieldInfo{}, pageMax: int64(pageMax)}
	// The same fields size a connection type whichever field returns it, so the flag can be at the
	// field of the connection instead of at every use.
	sized := map[string]map[string]bool{} // the fields that the page repeats, by type
	for _, def := range schema.Types {
		for _, field := range def.Fields {
			if def.Kind == ast.InputObject {
				continue
			}
			f := info.field(def, field)
			for _, name := range sizedFields(field) {
				if sized[field.Type.Name()] == nil {
					sized[field.Type.Name()] = map[string]bool{}
				}
				sized[field.Type.Name()][name] = true
			}
			info.fields[field] = f
		}
	}
	for typeName, names := range sized {
		for _, field := range schema.Types[typeName].Fields {
			if names[field.Name] {
				info.fields[field].sized, info.fields[field].size = true, 1
			}
		}
	}
	info.sizeIntrospection()
	return info
}

// field computes the info of one field. A plain list of scalars repeats nothing that costs.
func (i *schemaInfo) field(parent *ast.Definition, field *ast.FieldDefinition) *fieldInfo {
	target := i.schema.Types[field.Type.Name()]
	f := &fieldInfo{size: 1, target: target}
	f.composite = target != nil && target.IsCompositeType()
	if f.composite {
		f.weight = 1
	}
	// A write locks, validates and publishes: it costs at least ten objects.
	if parent == i.schema.Mutation {
		f.weight = mutationCost
	}
	f.list = field.Type.Elem != nil
	f.introspect = field.Name == "__schema" || field.Name == "__type"
	f.uncached = field.Directives.ForName("uncached") != nil
	if !reserved(field.Name) {
		f.depends = i.dependsOf(parent, field)
	}
	// What the schema declares takes precedence over what its shape suggests.
	if d := field.Directives.ForName("cost"); d != nil {
		if a := d.Arguments.ForName("weight"); a != nil {
			f.weight, f.weighted = number(a.Value), true
		}
	}
	if field.Type.Elem != nil && f.composite {
		f.size = defaultList
	}
	assumed := int64(0)
	if d := field.Directives.ForName("listSize"); d != nil {
		if a := d.Arguments.ForName("assumedSize"); a != nil {
			assumed = number(a.Value)
			f.size = max(1, assumed)
		}
		if a := d.Arguments.ForName("slicingArguments"); a != nil {
			f.size = 1
			for _, child := range a.Value.Children {
				f.slicing = append(f.slicing, child.Value.Raw)
			}
		}
	} else if isConnection(field) {
		f.slicing, f.size = []string{"first", "last"}, 1
	}
	// The page is the argument's own default, otherwise the assumed size, otherwise defaultPage.
	f.page = defaultPage
	if len(f.slicing) > 0 && assumed > 0 {
		f.page = assumed
	}
	for _, name := range f.slicing {
		if a := field.Arguments.ForName(name); a != nil && a.DefaultValue != nil && a.DefaultValue.Kind == ast.IntValue {
			f.page = number(a.DefaultValue)
		}
	}
	return f
}

// isConnection recognises a connection by its shape, so that one without a directive is not counted
// as a single object.
func isConnection(field *ast.FieldDefinition) bool {
	return field.Arguments.ForName("first") != nil && field.Type.Elem == nil
}

// sizedFields returns the fields of a connection that its page repeats.
func sizedFields(field *ast.FieldDefinition) []string {
	if d := field.Directives.ForName("listSize"); d != nil {
		if a := d.Arguments.ForName("sizedFields"); a != nil {
			var out []string
			for _, child := range a.Value.Children {
				out = append(out, child.Value.Raw)
			}
			return out
		}
	}
	if isConnection(field) {
		return []string{"edges", "nodes"}
	}
	return nil
}

// sizeIntrospection sets the lists of the introspection types to their average length and computes
// the cost of the standard query.
func (i *schemaInfo) sizeIntrospection() {
	// Averages are enough: the cost is scaled by the standard query, which uses the same ones.
	types := int64(len(i.schema.Types))
	var fields, args int64
	for _, def := range i.schema.Types {
		fields += int64(len(def.Fields) + len(def.EnumValues))
		for _, f := range def.Fields {
			args += int64(len(f.Arguments))
		}
	}
	sizes := map[string]int64{
		"types": types, "directives": int64(len(i.schema.Directives)),
		"args": 1 + args/max(1, fields),
	}
	for _, name := range []string{"__Schema", "__Type", "__Field", "__Directive"} {
		def := i.schema.Types[name]
		if def == nil {
			continue
		}
		for _, f := range def.Fields {
			if f.Type.Elem == nil || !i.fields[f].composite {
				continue
			}
			i.fields[f].size = 1 + fields/max(1, types)
			if n, ok := sizes[f.Name]; ok {
				i.fields[f].size = n
			}
		}
	}
	// The standard is gqlgen's text of the query, which tools send.
	doc, err := parse(introspection.Query)
	if err != nil || i.schema.Query == nil {
		return
	}
	raw := newWalk(i, doc, nil).selection(i.schema.Query, doc.Operations[0].SelectionSet)
	i.raw = raw.cost
}

// number reads a whole number from a literal or a string, as in @cost(weight: "5"). An unreadable
// one is 0, which the schema's own checks exclude.
func number(v *ast.Value) int64 {
	// Weights may be written as 2, "2" or "0.5"; a part of a unit counts as one.
	f, err := strconv.ParseFloat(v.Raw, 64)
	if err != nil || f < 0 {
		return 0
	}
	return int64(math.Ceil(f))
}
