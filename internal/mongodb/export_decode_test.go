package mongodb

import (
	"context"
	"reflect"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/internal/content"
)

// Decoder decodes the entries of a type with and without reflection.
type Decoder struct {
	New func() content.Entry
	// Quick is the decoder without reflection; false if the driver has to decode the document.
	Quick func(bson.Raw) (content.Entry, bool)
	// Decode is the decoder of the store.
	Decode func(bson.Raw) (content.Entry, error)
}

// Decoders returns the decoders of all types. It needs no server.
var Decoders = sync.OnceValue(func() map[content.EntryType]Decoder {
	client, err := mongo.Connect()
	if err != nil {
		panic(err)
	}
	out := map[content.EntryType]Decoder{}
	for t, k := range newGraph(client.Database("none"), "", nil).collections {
		out[t] = k.(interface{ decoder() Decoder }).decoder()
	}
	if err := client.Disconnect(context.Background()); err != nil {
		panic(err)
	}
	return out
})

func (c *collection[E]) decoder() Decoder {
	s := c.spec
	return Decoder{
		New: func() content.Entry { return reflect.New(reflect.TypeFor[E]().Elem()).Interface().(content.Entry) },
		Quick: func(raw bson.Raw) (content.Entry, bool) {
			var r reader
			v, err := s.decoders.own(&r, raw)
			return v, err == nil && !r.fallback
		},
		Decode: func(raw bson.Raw) (content.Entry, error) {
			v, err := s.decoders.own(new(reader), raw)
			return v, err
		},
	}
}
