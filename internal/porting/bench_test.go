package porting_test

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	driver "go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/porting"
	"patternhub/internal/porting/sample"
	"patternhub/internal/repository"
)

// bareBatch is the number of documents of a transaction of the driver alone. Larger ones are not
// faster.
const bareBatch = 200

// benchPatterns returns how many patterns BenchmarkBulk imports.
func benchPatterns() int {
	if n, err := strconv.Atoi(os.Getenv("BENCH_PATTERNS")); err == nil {
		return n
	}
	return 2000
}

// BenchmarkBulk imports and publishes a sample, and then writes the documents that this has made with
// the driver alone, in bare transactions into a database with the same indexes. It reports the time of
// the first divided by that of the second, the same of the processor time of both processes, rates, and the rows of
// the change log for each entry. With circles, half of the patterns need each other.
func BenchmarkBulk(b *testing.B) {
	b.Run("plain", func(b *testing.B) { benchmarkBulk(b, sample.Options{Patterns: benchPatterns()}) })
	b.Run("circles", func(b *testing.B) { benchmarkBulk(b, sample.Options{Patterns: benchPatterns(), Tangled: true}) })
}

func benchmarkBulk(b *testing.B, o sample.Options) {
	b.Helper()
	var text bytes.Buffer
	if err := sample.Write(&text, o); err != nil {
		b.Fatal(err)
	}
	uri, _ := mongotest.Open(b)
	client, err := mongo.Connect(driver.Client().ApplyURI(uri))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = client.Disconnect(context.WithoutCancel(b.Context())) })
	var imported, bare spent
	entries, rows := 0, int64(0)
	for b.Loop() {
		s, database := openIndexed(b)
		before := mustSpend(b, client)
		report, err := porting.ImportRecords(b.Context(), s, "sample", bytes.NewReader(text.Bytes()), porting.Options{By: "bench", Publish: true})
		if err != nil || report.Err() != nil {
			b.Fatal(err, report.Err())
		}
		imported = imported.plus(mustSpend(b, client).minus(before))
		entries += report.Published
		last, err := s.LastSeq(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		rows += last
		_, into := openIndexed(b)
		bare = bare.plus(copyBare(b, client, database, into))
	}
	b.ReportMetric(float64(imported.time)/float64(bare.time), "times-bare")
	b.ReportMetric(float64(imported.cpu)/float64(bare.cpu), "cpu-times-bare")
	b.ReportMetric(float64(entries)/imported.time.Seconds(), "entries/s")
	b.ReportMetric(float64(rows)/float64(entries), "rows/entry")
	b.ReportMetric(float64(entries)/bare.time.Seconds(), "bare-entries/s")
}

// spent is time, and processor time of this process and of the server together.
type spent struct{ time, cpu time.Duration }

func (s spent) plus(o spent) spent  { return spent{s.time + o.time, s.cpu + o.cpu} }
func (s spent) minus(o spent) spent { return spent{s.time - o.time, s.cpu - o.cpu} }

// mustSpend returns what was spent since some moment in the past.
func mustSpend(b *testing.B, client *mongo.Client) spent {
	b.Helper()
	var status struct {
		Extra struct {
			User   int64 `bson:"user_time_us"`
			System int64 `bson:"system_time_us"`
		} `bson:"extra_info"`
	}
	if err := client.Database("admin").RunCommand(b.Context(), bson.D{{Key: "serverStatus", Value: 1}}).Decode(&status); err != nil {
		b.Fatal(err)
	}
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		b.Fatal(err)
	}
	server := time.Duration(status.Extra.User+status.Extra.System) * time.Microsecond
	return spent{time.Duration(time.Now().UnixNano()), server + time.Duration(own.Utime.Nano()+own.Stime.Nano())}
}

// openIndexed opens a store with its indexes on a database of the benchmark's own.
func openIndexed(b *testing.B) (s *repository.Store, database string) {
	b.Helper()
	uri, database := mongotest.Open(b)
	s, err := repository.Open(mongodb.Options{URI: uri, Database: database, Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close(context.WithoutCancel(b.Context())) })
	if err := s.EnsureIndexes(b.Context()); err != nil {
		b.Fatal(err)
	}
	return s, database
}

// copyBare writes the documents of a database into another one and returns what the writes cost.
func copyBare(b *testing.B, client *mongo.Client, from, into string) (out spent) {
	b.Helper()
	names, err := client.Database(from).ListCollectionNames(b.Context(), bson.D{})
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range names {
		cur, err := client.Database(from).Collection(name).Find(b.Context(), bson.D{})
		if err != nil {
			b.Fatal(err)
		}
		for more := true; more; {
			var batch []any
			for len(batch) < bareBatch && more {
				if more = cur.Next(b.Context()); more {
					batch = append(batch, bytes.Clone(cur.Current))
				}
			}
			if len(batch) > 0 {
				before := mustSpend(b, client)
				insertBare(b, client, client.Database(into).Collection(name), batch)
				out = out.plus(mustSpend(b, client).minus(before))
			}
		}
		if err := cur.Err(); err != nil {
			b.Fatal(err)
		}
	}
	return out
}

// insertBare inserts documents in one transaction. A document that opening the database has made, such
// as a counter, may be there already.
func insertBare(b *testing.B, client *mongo.Client, into *mongo.Collection, batch []any) {
	b.Helper()
	session, err := client.StartSession()
	if err != nil {
		b.Fatal(err)
	}
	defer session.EndSession(b.Context())
	_, err = session.WithTransaction(b.Context(), func(ctx context.Context) (any, error) { return into.InsertMany(ctx, batch) })
	if err != nil && !mongo.IsDuplicateKeyError(err) {
		b.Fatal(err)
	}
}
