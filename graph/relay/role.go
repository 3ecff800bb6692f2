package relay

import "patternhub/content"

// RoleConnection is a list of roles.
type RoleConnection = Connection[content.Role, Edge[content.Role]]

// RoleEdge is one place in such a list.
type RoleEdge = Edge[content.Role]

// RolePayload is what became of a write to a role.
type RolePayload = Payload[content.Role]
