package mongodb

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/content"
)

// Decoder decodes the entries of a type in both ways.
type Decoder struct {
	New func() content.Entry
	// Quick is the decoder without reflection; false when it leaves a document to the driver.
	Quick func(bson.Raw) (content.Entry, bool)
	// Decode is what the store uses.
	Decode func(bson.Raw) (content.Entry, error)
}

// Decoders gives the decoders of all types.
func Decoders() map[content.EntryType]Decoder {
	out := map[content.EntryType]Decoder{}
	decoder(out, tierSpec())
	decoder(out, lawSpec())
	decoder(out, pillarSpec())
	decoder(out, roleSpec())
	decoder(out, companySpec())
	decoder(out, practiceSpec())
	decoder(out, patternSpec())
	decoder(out, caseStudySpec())
	decoder(out, failureStudySpec())
	decoder(out, guideSpec())
	decoder(out, quickStartSpec())
	decoder(out, learningPathSpec())
	decoder(out, journeySpec())
	decoder(out, migrationSpec())
	decoder(out, comparisonSpec())
	decoder(out, pageSpec())
	return out
}

func decoder[T, F any](all map[content.EntryType]Decoder, s spec[T, F]) {
	all[s.entryType] = Decoder{
		New: func() content.Entry { return any(new(T)).(content.Entry) },
		Quick: func(raw bson.Raw) (content.Entry, bool) {
			v := new(T)
			var r reader
			if r.document(raw); !r.odd {
				fields(&r, v, s.field)
			}
			return any(v).(content.Entry), !r.odd
		},
		Decode: func(raw bson.Raw) (content.Entry, error) {
			v, err := decode(new(reader), raw, s.field)
			return any(v).(content.Entry), err
		},
	}
}
