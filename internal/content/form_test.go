package content_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"patternhub/internal/content"
)

// TestFormsTellTheLimitsOfValidate sets each field of each type to the greatest value that its form
// allows and to the least that it does not allow, and compares what Validate says.
func TestFormsTellTheLimitsOfValidate(t *testing.T) {
	t.Parallel()
	fields := 0
	for _, form := range content.Forms() {
		for _, f := range form.Fields {
			fields++
			for _, c := range cases(f) {
				e := content.NewEntry(form.Type)
				e.Head().Type = form.Type
				place := set(t, e, f, c.value)
				code := content.UserErrorCode("")
				for _, p := range content.Validate(e, c.publish) {
					// That a field names nothing is no limit of the field.
					if strings.Join(p.Field, ".") == place && p.Code != content.ErrNotFound {
						code = p.Code
						break
					}
				}
				if code != c.want {
					t.Errorf("%s.%s, %s: Validate says %q, the form %q", form.Name, f.Path, c.name, code, c.want)
				}
			}
		}
	}
	if fields < 300 {
		t.Errorf("%d fields were tried", fields)
	}
}

// limit is a value to try, with the code that its path must get; empty for a value that is allowed.
// A number of items stands for a list of that length.
type limit struct {
	name    string
	value   any
	publish bool
	want    content.UserErrorCode
}

// items is the length of a list to try.
type items int

// cases returns the values on both sides of each limit that a field's form states. Long texts have
// characters of two bytes, since limits count characters.
func cases(f content.EntryField) []limit {
	var out []limit
	if f.List {
		return []limit{
			{name: "as many items as allowed", value: items(*f.MaxItems)},
			{name: "one item more", value: items(*f.MaxItems + 1), want: content.ErrTooLong},
		}
	}
	if f.MaxLength != nil && f.Kind != content.FieldDate {
		long := strings.Repeat("ä", *f.MaxLength)
		if f.Kind == content.FieldSlug {
			long = strings.Repeat("a", *f.MaxLength)
		}
		out = append(out, limit{name: "as long as allowed", value: long}, limit{name: "one character more", value: long + "a", want: content.ErrTooLong})
	}
	missing := map[bool]content.UserErrorCode{true: content.ErrRequired}
	switch f.Kind {
	case content.FieldText, content.FieldReference, content.FieldEnum, content.FieldDate, content.FieldSlug:
		out = append(out, limit{name: "empty draft", value: "", want: missing[f.Required]},
			limit{name: "empty when published", value: "", publish: true, want: missing[f.Required || f.RequiredToPublish]})
	default: // the other kinds have no empty value, or may be empty
	}
	switch f.Kind {
	case content.FieldEnum:
		for _, v := range f.Values {
			out = append(out, limit{name: v, value: v})
		}
		out = append(out, limit{name: "an unknown value", value: "SOMETHING_ELSE", want: content.ErrInvalid})
	case content.FieldDate:
		out = append(out, limit{name: "a month", value: "2007-03"}, limit{name: "a decade", value: "1970s"}, limit{name: "a day", value: "2007-03-01", want: content.ErrInvalid})
	case content.FieldNumber, content.FieldInteger:
		step := max(1, *f.Max/1000) // so that a number with a fraction changes
		out = append(out, limit{name: "the greatest", value: *f.Max}, limit{name: "beyond it", value: *f.Max + step, want: content.ErrInvalid},
			limit{name: "the least", value: *f.Min, publish: true}, limit{name: "below it", value: *f.Min - step, publish: true, want: content.ErrInvalid})
	default: // the limits of the other kinds are above
	}
	return out
}

// set sets the field of an entry at a path, with one item in each list on the way, and returns its place.
func set(t *testing.T, e content.Entry, f content.EntryField, value any) string {
	t.Helper()
	var place []string
	names := strings.Split(f.Path, ".")
	v := content.FieldValue(e, names[0])
	for i := 0; ; i++ {
		place = append(place, names[i])
		if i == len(names)-1 {
			break
		}
		v = settle(v)
		if v.Kind() == reflect.Slice {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			v = settle(v.Index(0))
			place = append(place, "0")
		}
		v = stored(t, v, names[i+1])
	}
	switch value := value.(type) {
	case items:
		v.Set(reflect.MakeSlice(v.Type(), int(value), int(value)))
		for i := range v.Len() {
			settle(v.Index(i))
		}
	case float64:
		if v = settle(v); v.Kind() == reflect.Int {
			v.SetInt(int64(value))
			break
		}
		v.SetFloat(value)
	case string:
		// An empty optional value is absent.
		if v.Kind() == reflect.Pointer && value == "" {
			v.SetZero()
			break
		}
		v = settle(v)
		if v.Kind() == reflect.Struct {
			v = v.FieldByName("Markdown")
		}
		v.SetString(value)
	}
	return strings.Join(place, ".")
}

// settle returns what a pointer points to, after it has made that.
func settle(v reflect.Value) reflect.Value {
	if v.Kind() != reflect.Pointer {
		return v
	}
	if v.IsNil() {
		v.Set(reflect.New(v.Type().Elem()))
	}
	return v.Elem()
}

// stored returns the field of a struct that has a name in the schema, which is also its name in the
// database.
func stored(t *testing.T, v reflect.Value, name string) reflect.Value {
	t.Helper()
	for i := range v.NumField() {
		tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("bson"), ",")
		if tag == name {
			return v.Field(i)
		}
	}
	t.Fatalf("%s has no field %s", v.Type(), name)
	return reflect.Value{}
}

// TestFormsNameWhatCanBeDone checks the actions of each type; the one entry of a singleton can be neither created nor deleted.
func TestFormsNameWhatCanBeDone(t *testing.T) {
	t.Parallel()
	for _, form := range content.Forms() {
		var names []string
		for _, a := range form.Actions {
			names = append(names, string(a.Action)+" "+a.Field)
		}
		can := slices.Contains(names, "CREATE "+form.Root+"Create") && slices.Contains(names, "DELETE entryDelete") && slices.Contains(names, "UNPUBLISH entryUnpublish")
		if can == form.Only {
			t.Errorf("%s, only one: %v, has the actions %q", form.Name, form.Only, names)
		}
		if !slices.Contains(names, "UPDATE "+form.Root+"Update") || !slices.Contains(names, "SCHEDULE_PUBLISH entrySchedulePublish") {
			t.Errorf("%s has the actions %q", form.Name, names)
		}
	}
}
