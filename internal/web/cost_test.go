package web_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/introspection"

	"patternhub/internal/web"
)

func TestCost(t *testing.T) {
	s := mustServer(t, web.Options{})
	tests := map[string]struct {
		query             string
		variables         map[string]any
		requested, actual float64
	}{
		"scalar":           {"{hello}", nil, 0, 0},
		"object":           {`{pattern(slug:"a"){slug}}`, nil, 1, 1},
		"default page":     {"{patterns{nodes{slug}}}", nil, 21, 21},
		"first":            {"{patterns(first:3){nodes{slug tier{name}}}}", nil, 7, 7},
		"edges":            {"{patterns(last:3){edges{node{slug}}}}", nil, 7, 7},
		"only a count":     {"{patterns(first:100){totalCount}}", nil, 1, 1},
		"not sized":        {"{patterns(first:100){pageInfo{hasNextPage}}}", nil, 2, 2},
		"variable":         {"query($n:Int){patterns(first:$n){nodes{slug}}}", map[string]any{"n": 5}, 6, 6},
		"variable default": {"query($n:Int=4){patterns(first:$n){nodes{slug}}}", nil, 5, 5},
		"list size":        {"{laws{name}}", nil, 8, 2},
		"list of values":   {`{nodes(ids:[1,2,3]){id}}`, nil, 3, 3},
		"values variable":  {`query($i:[ID!]!){nodes(ids:$i){id}}`, map[string]any{"i": []int{1, 2}}, 2, 2},
		"plain list":       {"{plain{name}}", nil, 50, 2},
		"weight":           {"{costly{name}}", nil, 100, 100},
		"leaf weight":      {`{pattern(slug:"a"){text:body}}`, nil, 6, 6},
		"mutation":         {`mutation{touch(id:"1"){slug}}`, nil, 10, 10},
		"fragment":         {"{patterns(first:2){...F}} fragment F on PatternConnection{nodes{slug}}", nil, 3, 3},
		"two pages":        {"{a:patterns(first:2){...F} b:patterns(first:3){...F}} fragment F on PatternConnection{nodes{slug}}", nil, 7, 7},
		"skipped":          {"query($s:Boolean!){hello patterns @skip(if:$s){nodes{slug}}}", map[string]any{"s": true}, 0, 0},
		"interface":        {`{node(id:"1"){id ... on Law{name}}}`, nil, 1, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.post(t, tt.query, tt.variables)
			cost, _ := a.Extensions["cost"].(map[string]any)
			if cost["requestedQueryCost"] != tt.requested || cost["actualQueryCost"] != tt.actual {
				t.Errorf("got %v: %.200s", a.Extensions, a.body)
			}
		})
	}
}

func TestIntrospectionHasACost(t *testing.T) {
	s := mustServer(t, web.Options{})
	a := s.post(t, introspection.Query, nil)
	if a.status != 200 {
		t.Fatalf("the standard query: %d %s", a.status, a.body)
	}
	cost, _ := a.Extensions["cost"].(map[string]any)
	if n, _ := cost["requestedQueryCost"].(float64); n < 900 || n > 1_100 {
		t.Errorf("the standard query costs %v, not about 1,000", n)
	}
}

// clock is a time that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestRates(t *testing.T) {
	c := &clock{now: time.Unix(1_000_000, 0)}
	s := mustServer(t, web.Options{Now: c.Now, Limits: web.Limits{Bucket: 100, Restore: 10}})
	if a := s.post(t, "{costly{name}}", nil); a.status != 200 || a.header.Get("RateLimit-Remaining") != "0" {
		t.Fatalf("at the limit: %d %v", a.status, a.header)
	}
	a := s.post(t, "{patterns(first:19){nodes{slug}}}", nil)
	if a.status != http.StatusTooManyRequests || a.code() != "RATE_LIMITED" || a.header.Get("Retry-After") != "2" || a.header.Get("RateLimit-Remaining") != "0" {
		t.Errorf("over the limit: %d %s %v", a.status, a.code(), a.header)
	}
	c.advance(2 * time.Second)
	if a := s.post(t, "{patterns(first:19){nodes{slug}}}", nil); a.status != 200 {
		t.Errorf("after Retry-After: %d", a.status)
	}
}

func TestRefund(t *testing.T) {
	c := &clock{now: time.Unix(1_000_000, 0)}
	s := mustServer(t, web.Options{Now: c.Now, Limits: web.Limits{Bucket: 100, Restore: 1}})
	for i := range 4 {
		// Each is charged 50 and uses 2.
		a := s.post(t, "{plain{name}}", nil)
		if want := strconv.Itoa(100 - 2*(i+1)); a.header.Get("RateLimit-Remaining") != want {
			t.Errorf("remaining %s, want %s", a.header.Get("RateLimit-Remaining"), want)
		}
	}
}

func TestBucketsBelongToKeysAndAddresses(t *testing.T) {
	c := &clock{now: time.Unix(1_000_000, 0)}
	s := mustServer(t, web.Options{
		Now: c.Now, Limits: web.Limits{Bucket: 100, Restore: 1},
		Authenticate: func(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
			return ctx, web.Viewer{Key: c.Token, Scope: c.Token}, nil
		},
	})
	for _, header := range []string{"Authorization: Bearer a", "Authorization: Bearer b", "X-Nothing: 1"} {
		if a := s.post(t, "{costly{name}}", nil, header); a.status != 200 {
			t.Errorf("%s: %d", header, a.status)
		}
		if a := s.post(t, "{costly{name}}", nil, header); a.status != 429 {
			t.Errorf("%s again: %d", header, a.status)
		}
	}
}

func TestMeasuredRatesAreNotRefused(t *testing.T) {
	s := mustServer(t, web.Options{MeasureOnly: true, Limits: web.Limits{Bucket: 100, Restore: 1}})
	for range 3 {
		if a := s.post(t, "{costly{name}}", nil); a.status != 200 {
			t.Errorf("got %d", a.status)
		}
	}
}

func TestThrottleStatusOnPrivateAnswersOnly(t *testing.T) {
	s := mustServer(t, web.Options{})
	public := s.post(t, "{hello}", nil).Extensions["cost"].(map[string]any)
	private := s.post(t, "{viewer{name}}", nil).Extensions["cost"].(map[string]any)
	if public["throttleStatus"] != nil {
		t.Errorf("a public answer shows a bucket: %v", public)
	}
	status, _ := private["throttleStatus"].(map[string]any)
	if status["maximumAvailable"] != 20_000.0 || status["restoreRate"] != 1_000.0 || status["currentlyAvailable"] == nil {
		t.Errorf("a private answer: %v", private)
	}
}
