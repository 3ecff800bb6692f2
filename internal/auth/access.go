package auth

import (
	"strings"

	"patternhub/internal/content"
)

// Access is the table of the roles that the root fields and the privileged fields of the schema
// need. It is safe for concurrent use.
// Rows are Object.field. A field without a row needs the role admin, so that a forgotten field is
// closed rather than open; a test requires a row for each.
type Access struct{ need map[string]content.AccessRole }

// NewAccess returns the table.
func NewAccess() *Access {
	a := &Access{need: map[string]content.AccessRole{}}
	a.grant(content.RoleReader, "Query", "node nodes entry entryTypes file viewer rateLimit home search suggest sync")
	a.grant(content.RoleReader, "Query", typeFields()...)
	a.grant(content.RoleReader, "Query", "comparePatterns selectPatterns estimateEffort healthDashboard patternPath patternNeighborhood patternNetwork patternImpact")
	a.grant(content.RoleReader, "Subscription", "entryChanged")
	// It refuses whoever has no session with the role previewer.
	a.grant(content.RoleReader, "Subscription", "entryPresence")
	a.grant(content.RolePreviewer, "Entry", "revisions")
	a.grant(content.RolePreviewer, "Query", "brokenReferences entries entryComments entrySchedules entryValues log previews release releases")
	a.grant(content.RolePreviewer, "Mutation", "previewTokenCreate previewCreate previewRevoke entryCommentCreate entryCommentResolve entryCommentDelete")
	a.grant(content.RoleAuthor, "Query", "render")
	a.grant(content.RoleAuthor, "Mutation", "entryRestore patternHealthRecord")
	// These are of the person of a session.
	a.grant(content.RoleAuthor, "Query", "autosave autosaves")
	a.grant(content.RoleAuthor, "Mutation", "entryAutosave entryAutosaveDiscard presenceBeat")
	a.grant(content.RoleAuthor, "Mutation", typeMutations()...)
	a.grant(content.RolePublisher, "Mutation", "entryPublish entryUnpublish entryDelete entrySchedulePublish entryScheduleUnpublish")
	a.grant(content.RolePublisher, "Mutation", "entriesPublish entriesUnpublish entriesDelete entriesSchedule entriesUndo")
	a.grant(content.RolePublisher, "Mutation", "releaseCreate releaseUpdate releaseDelete releasePublish releaseSchedule releaseUnschedule releaseUndo")
	a.grant(content.RoleAdmin, "Query", "webhookEndpoints webhookDeliveries people keys")
	a.grant(content.RoleAdmin, "Mutation", "personInvite personLinkCreate personUpdate personRemove keyCreate")
	// These act on the session of the request, and refuse requests without one. Admins revoke keys without it.
	a.grant(content.RoleReader, "Mutation", "sessionEnd passkeyDelete ticketCreate keyRevoke")
	a.grant(content.RoleAdmin, "Mutation", "webhookEndpointCreate webhookEndpointUpdate webhookEndpointDelete webhookRedeliver")
	return a
}

// grant adds rows; each of fields is one or more field names separated by spaces.
func (a *Access) grant(role content.AccessRole, object string, fields ...string) {
	for f := range strings.FieldsSeq(strings.Join(fields, " ")) {
		a.need[object+"."+f] = role
	}
}

// Known reports whether the table has a row for a field.
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

// Needs returns the role that a field needs. GraphQL's own fields, such as __typename, need only a
// reader.
func (a *Access) Needs(object, field string) content.AccessRole {
	if strings.HasPrefix(field, "__") {
		return content.RoleReader
	}
	if role, ok := a.need[object+"."+field]; ok {
		return role
	}
	return content.RoleAdmin
}

// Check returns an error unless the viewer's role covers what a field needs; see Require.
func (a *Access) Check(v *content.Viewer, object, field string) error {
	return Require(v, a.Needs(object, field), field)
}

// Require returns an error unless the viewer's role covers need; what begins the message.
// The code is Unauthenticated without a key or a session, which asks for one, and Forbidden with either, since
// sending it again would not help.
func Require(v *content.Viewer, need content.AccessRole, what string) error {
	switch {
	case v.AccessRole.Covers(need):
		return nil
	case v.Key == nil && v.Person == nil:
		return content.Fault(content.Unauthenticated, what+" needs an API key with the role "+strings.ToLower(string(need))+" or above.")
	}
	return content.Fault(content.Forbidden, what+" needs the role "+strings.ToLower(string(need))+" or above.")
}
