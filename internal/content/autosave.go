package content

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// The bounds of autosaves. A slot has the size of a write of one entry; see BODY_BYTES.
const (
	MaxAutosaves     = 200
	MaxAutosaveBytes = 2 << 20
	// AutosaveLife is the time after which a slot ends that is not written again.
	AutosaveLife = 30 * 24 * time.Hour
	// AutosavePause is the shortest time between two autosaves of one slot.
	AutosavePause = time.Second
)

// Autosave is what a person has written of an entry and not saved yet. It is a slot, not a revision: a person has one for
// each entry, and one for each new entry, and the next autosave replaces it. Nobody else reads it.
type Autosave struct {
	Name      string    `bson:"_id"` // see AutosaveName
	PersonKey string    `bson:"person"`
	Type      EntryType `bson:"type"`
	EntryKey  string    `bson:"entry,omitempty"` // empty for a new entry
	// DraftKey is the client's name for a new entry, the idempotency key with which it will be created.
	DraftKey string `bson:"draft,omitempty"`
	// BaseRevision is the revision that the person has begun with; nil for a new entry.
	BaseRevision *int `bson:"base,omitempty"`
	// Input is the JSON of the input for the write, as it was sent.
	Input   string    `bson:"input"`
	SavedAt time.Time `bson:"savedAt"`
	EndsAt  time.Time `bson:"endsAt"`
	// Merge compares the slot with the entry. It is not stored, and nil in lists and for a new entry.
	Merge *AutosaveMerge `bson:"-"`
}

// EntryID returns the id of the entry. It has no key for a new one.
func (a *Autosave) EntryID() ID { return ID{Type: a.Type, Key: a.EntryKey} }

// Target returns the id of the entry; nil for a new one.
func (a *Autosave) Target() *ID {
	if a.EntryKey == "" {
		return nil
	}
	id := a.EntryID()
	return &id
}

// Draft returns the client's name for a new entry; nil for another.
func (a *Autosave) Draft() *string {
	if a.DraftKey == "" {
		return nil
	}
	return &a.DraftKey
}

// AutosaveName returns the name of a person's slot of an entry, or of a new entry if the id has no key. A key of a
// person has no space, so each name belongs to one person.
func AutosaveName(person string, id ID, draft string) string {
	if id.Key == "" {
		return person + " new " + draft
	}
	return person + " " + string(id.Type) + ":" + id.Key
}

// AutosaveMerge is what saving a slot would do to the entry as it is now.
type AutosaveMerge struct {
	// Revision is the revision of the working copy.
	Revision int
	// Fields lists the fields that a save would change without a conflict.
	Fields []string
	// Conflicts lists those that others have changed, too, to other values.
	Conflicts []FieldConflict
}

// AutosaveTransaction is the part of Transaction that keeps autosaves. Its writes are executed at once, within the
// transaction.
type AutosaveTransaction interface {
	// Autosave reads a slot; nil if there is none.
	Autosave(ctx context.Context, name string) (*Autosave, error)
	// AutosaveCount returns the number of the slots of a person that end after a time.
	AutosaveCount(ctx context.Context, person string, after time.Time) (int, error)
	// KeepAutosave stores a slot, replacing one with its name.
	KeepAutosave(ctx context.Context, a *Autosave) error
	// EndAutosave deletes a slot and reports whether there was one.
	EndAutosave(ctx context.Context, name string) (bool, error)
	// EndAutosavesOf deletes the slots of entries, whoever has them.
	EndAutosavesOf(ctx context.Context, ids []ID) error
}

// Autosaver keeps what people have written and not saved yet.
type Autosaver interface {
	// Autosave stores a slot in place of the earlier one, and returns it with its Merge. A nil ifSavedAt replaces any;
	// otherwise the earlier one must have been saved at that time, or the one that is stored is returned with a CONFLICT.
	// An autosave too early fails with RateLimited.
	Autosave(ctx context.Context, a *Autosave, ifSavedAt *time.Time) (*Autosave, []UserError, error)
	// AutosaveNamed returns a slot with its Merge; nil if there is none, or if its entry is gone.
	AutosaveNamed(ctx context.Context, name string) (*Autosave, error)
	// Autosaves lists the slots of a person, the newest first.
	Autosaves(ctx context.Context, person string) ([]*Autosave, error)
	// DiscardAutosave deletes a slot and reports whether there was one.
	DiscardAutosave(ctx context.Context, name string) (bool, error)
}

// ParseInput reads the JSON of an input for a type: an object with the fields that Authored lists, in the shape of the
// type's input in the schema. It returns an entry with the values, and the names of the fields that were there; null
// clears a field. References are slugs.
//
// It checks names and kinds of values only. An autosave is unfinished, so what a write would refuse, such as a text that is
// too long or missing, is accepted.
func ParseInput(t EntryType, input string) (Entry, []string, []UserError) {
	e, p := NewEntry(t), &inputParser{}
	if e == nil {
		p.refuse([]string{"type"}, "Unknown entry type.")
		return nil, nil, p.problems
	}
	at := []string{"input"}
	given := p.object([]byte(input), at)
	var fields []string
	for _, name := range Authored(t) {
		if raw, ok := given[name]; ok {
			p.value(FieldValue(e, name), raw, append(at, name))
			fields = append(fields, name)
			delete(given, name)
		}
	}
	p.unknown(given, at)
	return e, fields, p.problems
}

// inputParser collects what does not fit.
type inputParser struct{ problems []UserError }

func (p *inputParser) refuse(at []string, message string) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, UserError{Field: slices.Clone(at), Message: message, Code: ErrInvalid})
	}
}

// object reads the fields of an object. nil stands for what is none.
func (p *inputParser) object(raw []byte, at []string) map[string]json.RawMessage {
	var out map[string]json.RawMessage
	if err := json.Unmarshal(raw, &out); err != nil || out == nil {
		p.refuse(at, at[len(at)-1]+" is the JSON of an object.")
	}
	return out
}

// unknown refuses the fields that are left.
func (p *inputParser) unknown(left map[string]json.RawMessage, at []string) {
	for _, name := range slices.Sorted(maps.Keys(left)) {
		p.refuse(append(slices.Clip(at), name), fmt.Sprintf("There is no field %q.", name))
	}
}

// value reads a value into a field. It is recursive as deep as the types of fields are.
func (p *inputParser) value(to reflect.Value, raw json.RawMessage, at []string) {
	if text, ok := reflect.TypeAssert[*RichText](to.Addr()); ok {
		to = reflect.ValueOf(&text.Markdown).Elem()
	}
	if string(raw) == "null" {
		to.SetZero()
		return
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		p.value(to.Elem(), raw, at)
	case reflect.Slice:
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			p.refuse(at, at[len(at)-1]+" is a list.")
			return
		}
		to.Set(reflect.MakeSlice(to.Type(), len(items), len(items)))
		for i, item := range items {
			p.value(to.Index(i), item, append(slices.Clip(at), strconv.Itoa(i)))
		}
	case reflect.Struct:
		given := p.object(raw, at)
		for _, r := range rulesOf(to.Type()) {
			item, ok := given[r.name]
			if ok && to.Type().Field(r.index).Name != positionField {
				p.value(to.Field(r.index), item, append(slices.Clip(at), r.name))
				delete(given, r.name)
			}
		}
		p.unknown(given, at)
	default:
		if json.Unmarshal(raw, to.Addr().Interface()) != nil {
			p.refuse(at, at[len(at)-1]+" does not accept a value of this kind.")
		}
	}
}
