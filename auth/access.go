package auth

import (
	"strings"

	"patternhub/content"
)

// Access tells which role the root fields and the privileged fields of the schema need. It is
// the one place that says so; a field without a row is for admins, and a test wants a row for
// each. It is safe for concurrent use.
// Rows are Object.field. The default is the strictest role, so a field that somebody forgets is
// closed and not open.
type Access struct{ need map[string]content.AccessRole }

// NewAccess makes the table.
func NewAccess() *Access {
	a := &Access{need: map[string]content.AccessRole{}}
	a.grant(content.RoleReader, "Query", "node nodes entry failure viewer rateLimit home search suggest sync", typeFields())
	a.grant(content.RoleReader, "Query", "comparePatterns wizards wizard selectPatterns estimateEffort healthDashboard patternPath patternNeighborhood patternImpact calculator")
	a.grant(content.RoleReader, "Subscription", "entryChanged")
	a.grant(content.RolePreviewer, "Entry", "revisions")
	a.grant(content.RolePreviewer, "Query", "brokenReferences entrySchedules")
	a.grant(content.RolePreviewer, "Mutation", "previewTokenCreate")
	a.grant(content.RoleAuthor, "Mutation", "entryRestore patternHealthRecord", typeMutations())
	a.grant(content.RolePublisher, "Mutation", "entryPublish entryUnpublish entryDelete entrySchedulePublish entryScheduleUnpublish")
	a.grant(content.RoleAdmin, "Query", "webhookEndpoints webhookDeliveries")
	a.grant(content.RoleAdmin, "Mutation", "webhookEndpointCreate webhookEndpointUpdate webhookEndpointDelete webhookRedeliver")
	return a
}

// grant adds rows; fields are words with blanks between them.
func (a *Access) grant(role content.AccessRole, object string, fields ...string) {
	for f := range strings.FieldsSeq(strings.Join(fields, " ")) {
		a.need[object+"."+f] = role
	}
}

// Known tells whether the table has a row for a field.
func (a *Access) Known(object, field string) bool {
	_, ok := a.need[object+"."+field]
	return ok
}

// Rows lists the fields that the table has rows for, as Object.field.
func (a *Access) Rows() []string {
	out := make([]string, 0, len(a.need))
	for row := range a.need {
		out = append(out, row)
	}
	return out
}

// Needs is the role that a field needs. What a language has of its own, such as __typename, is
// for everybody.
func (a *Access) Needs(object, field string) content.AccessRole {
	if strings.HasPrefix(field, "__") {
		return content.RoleReader
	}
	if role, ok := a.need[object+"."+field]; ok {
		return role
	}
	return content.RoleAdmin
}

// Check refuses a viewer whose role does not cover what a field needs.
// Without a key the answer is Unauthenticated, which asks for one; with a key that is not enough it
// is Forbidden, since sending it again would not help.
func (a *Access) Check(v *content.Viewer, object, field string) error {
	need := a.Needs(object, field)
	switch {
	case v.AccessRole.Covers(need):
		return nil
	case v.Key == nil && v.AccessRole == content.RoleReader:
		return content.Fault(content.Unauthenticated, field+" needs an API key with the role "+strings.ToLower(string(need))+" or above.")
	}
	return content.Fault(content.Forbidden, field+" needs the role "+strings.ToLower(string(need))+" or above.")
}

// typeFields names the root fields of the entry types: x and xs.
func typeFields() string {
	var out []string
	for _, t := range content.Types() {
		out = append(out, lower(t.Name()), camel(t.Plural()))
	}
	return strings.Join(out, " ")
}

// typeMutations names the mutations of the entry types.
func typeMutations() string {
	var out []string
	for _, t := range content.Types() {
		out = append(out, lower(t.Name())+"Create", lower(t.Name())+"Update")
	}
	return strings.Join(out, " ")
}

// lower makes a type's name that of a field: CaseStudy is caseStudy.
func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// camel joins the words of a path segment: case-studies is caseStudies.
func camel(s string) string {
	first, rest, ok := strings.Cut(s, "-")
	if !ok {
		return s
	}
	return first + strings.ToUpper(rest[:1]) + rest[1:]
}
