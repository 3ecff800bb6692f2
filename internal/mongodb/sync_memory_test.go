package mongodb_test

import (
	"fmt"
	"runtime"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository/storetest"
)

// TestPullsNeedNoMemoryForTheirSize pulls N entries and then 4 N, a page at a time, and compares the memory in use
// before the last page.
func TestPullsNeedNoMemoryForTheirSize(t *testing.T) {
	const n, perEntry, page = 1000, 50, 100 // perEntry in bytes; an entry has more than 1,000
	var opened mongodb.Options
	s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	storetest.Publish(t, s, storetest.Tier("gold", 1), storetest.Pattern("p", "P", 1))
	db := raw(t, &opened)
	first, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	inUse := func(entries int) (heap uint64) {
		t.Helper()
		token, got := content.SyncToken{}, 0
		for more := true; more; {
			out, err := s.Pull(t.Context(), content.Pull{Token: token, First: page})
			if err != nil {
				t.Fatal(err)
			}
			token, more, got = out.Next, out.More, got+len(out.Entries)
			if got == entries {
				var m runtime.MemStats
				runtime.GC()
				runtime.GC() // frees what finalizers and pools have kept
				runtime.ReadMemStats(&m)
				heap = m.HeapAlloc
			}
		}
		if heap == 0 {
			t.Fatalf("%d entries were pulled, and none at %d", got, entries)
		}
		return heap
	}
	addPatterns(t, db, first, 0, n)
	inUse(n) // fills pools and caches of this process
	few := inUse(n)
	addPatterns(t, db, first, n, 4*n)
	if all := inUse(4 * n); all > few+3*n*perEntry {
		t.Errorf("%d entries need %d bytes and %d entries %d, which is more than %d for each", n, few, 4*n, all, perEntry)
	}
}

// addPatterns adds copies of the pattern p, those with the numbers from one to another, with their changes after first.
func addPatterns(t *testing.T, db *mongo.Database, first int64, from, to int) {
	t.Helper()
	var one bson.M
	if err := db.Collection("patterns").FindOne(t.Context(), bson.D{{Key: "_id", Value: "p"}}).Decode(&one); err != nil {
		t.Fatal(err)
	}
	var docs, rows []any
	for i := from; i < to; i++ {
		key := fmt.Sprintf("p%06d", i)
		one["_id"], one["slug"] = key, key
		doc, err := bson.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, bson.Raw(doc))
		rows = append(rows, bson.D{
			{Key: "_id", Value: "PATTERN:" + key},
			{Key: "seq", Value: first + int64(i) + 1},
			{Key: "type", Value: "PATTERN"},
			{Key: "key", Value: key},
			{Key: "op", Value: "UPSERT"},
			{Key: "revision", Value: 1},
			{Key: "at", Value: one["updatedAt"]},
		})
	}
	for name, list := range map[string][]any{"patterns": docs, "latest": rows} {
		if _, err := db.Collection(name).InsertMany(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	_, err := db.Collection("counters").UpdateOne(t.Context(), bson.D{{Key: "_id", Value: "changes"}}, bson.D{{Key: "$set", Value: bson.D{{Key: "seq", Value: first + int64(to)}}}})
	if err != nil {
		t.Fatal(err)
	}
}
