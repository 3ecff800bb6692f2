package content

// A tag is a name by which caches can purge responses. The header Surrogate-Key lists the tags of what
// a response contains, and a webhook lists the tags of what has changed.

// Tag is the tag of responses with entries of a type, "case-study"; empty for an unknown type.
func (t EntryType) Tag() string {
	if t.kind().name == "" {
		return ""
	}
	return Kebab(string(t))
}

// Tag is the tag of responses with the entry, "case-study:netflix-chaos". It contains the key, so it
// stays the same when the slug changes.
func (id ID) Tag() string { return id.Type.Tag() + ":" + id.Key }
