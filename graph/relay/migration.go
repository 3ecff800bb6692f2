package relay

import "patternhub/content"

// MigrationConnection is a list of migrations.
type MigrationConnection = Connection[content.Migration, Edge[content.Migration]]

// MigrationEdge is one place in such a list.
type MigrationEdge = Edge[content.Migration]

// MigrationPayload is what became of a write to a migration.
type MigrationPayload = Payload[content.Migration]
