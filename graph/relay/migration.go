package relay

import "patternhub/content"

// MigrationConnection is a list of migrations.
type MigrationConnection = Connection[content.Migration, Edge[content.Migration]]

// MigrationEdge is one place in such a list.
type MigrationEdge = Edge[content.Migration]
