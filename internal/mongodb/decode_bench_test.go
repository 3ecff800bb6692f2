package mongodb_test

import (
	"runtime"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/seed"
)

// stored returns the patterns of the seed as lists read them: without their page fields.
func stored(b *testing.B) []bson.Raw {
	b.Helper()
	all, err := seed.Read(seed.Files())
	if err != nil {
		b.Fatal(err)
	}
	var out []bson.Raw
	for _, e := range all {
		p, ok := e.(*content.Pattern)
		if !ok {
			continue
		}
		card := *p
		card.Problem, card.Solution, card.WhenToUse, card.WhenNotToUse = "", "", nil, nil
		card.TradeOffs, card.Checklist, card.Body = content.TradeOffs{}, nil, content.RichText{}
		card.TierClaims, card.Provenance = nil, content.Provenance{}
		raw, err := bson.Marshal(&card)
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, raw)
	}
	return out
}

// BenchmarkDecode compares three ways to decode patterns: without reflection, with the driver, and by
// finding an interned value.
func BenchmarkDecode(b *testing.B) {
	d, raws := mongodb.Decoders()[content.TypePattern], stored(b)
	var cache mongodb.Interned
	inUse := make([]*content.Pattern, len(raws))
	for i, raw := range raws {
		inUse[i], _ = cache.Decode(raw)
	}
	for name, decode := range map[string]func(bson.Raw) error{
		"quick": func(raw bson.Raw) error {
			_, err := d.Decode(raw)
			return err
		},
		"driver": func(raw bson.Raw) error { return bson.Unmarshal(raw, d.New()) },
		"interned": func(raw bson.Raw) error {
			_, err := cache.Decode(raw)
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := decode(raws[i%len(raws)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	runtime.KeepAlive(inUse)
}
