package relay

import (
	"patternhub/internal/content"
)

// APIKeyConnection is a list of keys.
type APIKeyConnection = Connection[*content.APIKey, *Edge[*content.APIKey]]

// APIKeyEdge is one position in such a list.
type APIKeyEdge = Edge[*content.APIKey]

// Keys is the list of all keys, the newest first.
func Keys(store content.KeyStore, page Page) (*APIKeyConnection, error) {
	return Stored[*content.APIKey]{
		Order: "KEY.NEWEST", Read: store.KeyPage, Count: store.CountKeys,
		Position: func(k *content.APIKey) content.Position { return content.Position{Value: k.CreatedAt, Key: k.Key} },
	}.Connect(page)
}
