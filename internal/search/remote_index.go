package search

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"patternhub/internal/content"
	"patternhub/internal/search/opensearch"
)

// remoteIndex is an index on a shared server that a search reads.
type remoteIndex struct {
	client *opensearch.Client
	name   string
	mark   uint64
}

// fieldID is the name of the document, by which equal scores are sorted: the server does not sort by _id.
const fieldID = "id"

// descriptionOf returns the settings and the mapping of an index. As in bleve, texts are only split at spaces,
// nothing is stored that is not read, and unknown fields are refused. Deletions are documents without
// words, so the server's own memory of deleted ones, which ends after a minute, does not matter.
// The indexer makes writes visible itself, before it says that it has made them.
func descriptionOf() map[string]any {
	fields := map[string]any{
		fieldCard: map[string]any{"type": "keyword", "index": false, "doc_values": false},
		fieldID:   map[string]any{"type": "keyword", "norms": false, "index": false},
	}
	for _, name := range wordFields {
		fields[name] = map[string]any{"type": "text", "analyzer": wordsAnalyzer, "index_options": "freqs"}
	}
	for _, name := range valueFields {
		fields[name] = map[string]any{"type": "keyword", "doc_values": false}
	}
	for _, name := range facetFields {
		fields[name] = map[string]any{"type": "keyword"}
	}
	for _, name := range listFields {
		fields[name] = map[string]any{"type": "keyword", "doc_values": false}
	}
	return map[string]any{
		"settings": map[string]any{
			"index":    map[string]any{"refresh_interval": "-1", "max_result_window": 10_000},
			"analysis": map[string]any{"analyzer": map[string]any{wordsAnalyzer: map[string]any{"type": "custom", "tokenizer": "whitespace"}}},
		},
		"mappings": map[string]any{
			"dynamic": "strict", "properties": fields,
			"_source": map[string]any{"includes": []string{fieldCard, fieldWords}},
		},
	}
}

// source returns a document as the server takes it.
func (d *document) source() map[string]any {
	out := d.fields()
	out[fieldID] = docID(d.card.id())
	return out
}

// state returns the number of the newest change of the graph, which is the same for all replicas.
func (x *remoteIndex) state(context.Context) (uint64, error) { return x.mark, nil }

// object is a JSON object.
type object = map[string]any

// remoteAnswer is what a search answers, as far as it is read.
type remoteAnswer struct {
	Hits struct {
		Total struct {
			Value int `json:"value"`
		} `json:"total"`
		Hits []struct {
			ID     string  `json:"_id"`
			Score  float64 `json:"_score"`
			Source struct {
				Card  string   `json:"card"`
				Words []string `json:"words"`
			} `json:"_source"`
		} `json:"hits"`
	} `json:"hits"`
	Aggregations map[string]struct {
		Buckets []struct {
			Key   string `json:"key"`
			Count int    `json:"doc_count"`
		} `json:"buckets"`
	} `json:"aggregations"`
	Suggest map[string][]struct {
		Options []struct {
			Text string `json:"text"`
		} `json:"options"`
	} `json:"suggest"`
}

// ask sends a search. An answer without some of the shards would have wrong totals, so it is refused. Whatever is wrong with the server, search is unavailable and the rest of the hub is
// not; the cause is for the log.
func (x *remoteIndex) ask(ctx context.Context, body object, out any) error {
	err := x.client.Do(ctx, opensearch.Request{Method: http.MethodPost, Path: x.name + "/_search?allow_partial_search_results=false", Body: body}, out)
	if err == nil || ctx.Err() != nil {
		return err //nolint:wrapcheck // the end of ctx is the caller's own
	}
	return content.Wrap(content.Unavailable, "Search is not available right now. Try again in a moment.", err)
}

// find translates a request and its result. Without track_total_hits totals would end at 10,000. Hits have
// their cards for the revision, which is compared with that of the store.
func (x *remoteIndex) find(ctx context.Context, r *request) (*result, error) {
	body := object{"query": inJSON(r.query), "size": r.limit, "track_total_hits": true, "_source": false}
	if r.filter != nil {
		body["query"] = object{"bool": object{"must": inJSON(r.query), "filter": inJSON(r.filter)}}
	}
	if r.cards || r.byScore && r.limit > 0 {
		body["_source"] = []string{fieldCard}
	}
	by := []any{object{fieldOrder: "asc"}, object{fieldID: "asc"}}
	if r.byScore {
		by, body["track_scores"] = []any{object{"_score": "desc"}, object{fieldID: "asc"}}, true
	}
	if r.limit > 0 {
		body["sort"] = by
	}
	if r.after != nil {
		body["search_after"] = []any{r.after.Value, r.after.Key}
	}
	if len(r.facets) > 0 {
		// Each shard counts more values than are asked for, so that the sums are exact but for the rarest.
		facets := object{}
		for _, f := range r.facets {
			facets[f] = object{"terms": object{"field": f, "size": r.values, "shard_size": 10 * r.values}}
		}
		body["aggs"] = facets
	}
	var a remoteAnswer
	if err := x.ask(ctx, body, &a); err != nil {
		return nil, err
	}
	return a.result(r)
}

// result translates a result.
func (a *remoteAnswer) result(r *request) (*result, error) {
	out := &result{total: a.Hits.Total.Value, facets: map[string][]count{}}
	for _, m := range a.Hits.Hits {
		h := hit{id: entryID(m.ID), score: m.Score}
		if m.Source.Card != "" {
			var err error
			if h.card, err = cardOf(m.Source.Card); err != nil {
				return nil, err
			}
		}
		out.hits = append(out.hits, h)
	}
	for _, f := range r.facets {
		for _, b := range a.Aggregations[f].Buckets {
			out.facets[f] = append(out.facets[f], count{b.Key, b.Count})
		}
	}
	return out, nil
}

// inJSON returns a clause as a query of the server's. Terms are not analyzed, as they are prepared. How many
// similar values a fuzzy one stands for is bounded, as bleve does not need: the server adds up their scores.
func inJSON(c clause) object {
	switch c := c.(type) {
	case term:
		return object{"term": object{c.field: object{"value": c.value, "boost": c.weight}}}
	case fuzzy:
		return object{"fuzzy": object{c.field: object{"value": c.value, "fuzziness": c.typos, "max_expansions": maxCandidates}}}
	case ids:
		names := make([]string, len(c))
		for i, id := range c {
			names[i] = docID(id)
		}
		return object{"ids": object{"values": names}}
	case some:
		if len(c.of) == 0 {
			return object{"match_none": object{}}
		}
		return object{"bool": object{"should": allInJSON(c.of), "minimum_should_match": max(c.min, 1)}}
	case every:
		if len(c) == 0 {
			return object{"match_all": object{}}
		}
		return object{"bool": object{"must": allInJSON(c)}}
	case none:
		return object{"bool": object{"must_not": []object{inJSON(c.of)}}}
	}
	return object{"match_none": object{}}
}

// allInJSON returns clauses as queries of the server's.
func allInJSON(list []clause) []object {
	out := make([]object, len(list))
	for i, c := range list {
		out[i] = inJSON(c)
	}
	return out
}

// known counts the entries with each stem, in one request.
func (x *remoteIndex) known(ctx context.Context, stems []string) (map[string]bool, error) {
	filters := object{}
	for _, s := range stems {
		var in []clause
		for _, field := range stemFields {
			in = append(in, term{field, s, 1})
		}
		filters[s] = inJSON(some{of: in})
	}
	if len(filters) == 0 {
		return map[string]bool{}, nil
	}
	var a struct {
		Aggregations struct {
			Known struct {
				Buckets map[string]struct {
					Count int `json:"doc_count"`
				} `json:"buckets"`
			} `json:"known"`
		} `json:"aggregations"`
	}
	body := object{"size": 0, "track_total_hits": false, "aggs": object{"known": object{"filters": object{"filters": filters}}}}
	if err := x.ask(ctx, body, &a); err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for s, b := range a.Aggregations.Known.Buckets {
		out[s] = b.Count > 0
	}
	return out, nil
}

// maxGuesses bounds the similar words that the server returns.
const maxGuesses = 50

// near asks the server's speller, once for all words and once for those of names, in one request. The speller
// returns a word that exists as well as others, since the text may mean another one.
func (x *remoteIndex) near(ctx context.Context, word string, typos int) ([]guess, error) {
	speller := func(field string) object {
		return object{"text": word, "term": object{
			"field": field, "suggest_mode": "always", "max_edits": typos, "prefix_length": 0, "min_word_length": 1,
			"size": maxGuesses, "shard_size": maxGuesses, "max_inspections": maxGuesses,
		}}
	}
	var a remoteAnswer
	body := object{"size": 0, "track_total_hits": false, "suggest": object{fieldWords: speller(fieldWords), fieldNamed: speller(fieldNamed)}}
	if err := x.ask(ctx, body, &a); err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, part := range a.Suggest[fieldNamed] {
		for _, o := range part.Options {
			named[o.Text] = true
		}
	}
	var out []guess
	for _, part := range a.Suggest[fieldWords] {
		for _, o := range part.Options {
			out = append(out, guess{word: o.Text, named: named[o.Text]})
		}
	}
	return out, nil
}

// longerFrom is the number of entries whose words longer reads.
const longerFrom = 50

// longer takes the words from some entries that have one with the prefix. The server lists the words of an
// index only by counting them all.
func (x *remoteIndex) longer(ctx context.Context, prefix string) ([]string, error) {
	var a remoteAnswer
	body := object{
		"query": object{"prefix": object{fieldWords: object{"value": prefix}}}, "size": longerFrom, "track_total_hits": false,
		"_source": []string{fieldWords}, "sort": []any{object{fieldOrder: "asc"}},
	}
	if err := x.ask(ctx, body, &a); err != nil {
		return nil, err
	}
	var out []string
	for _, h := range a.Hits.Hits {
		for _, w := range h.Source.Words {
			if strings.HasPrefix(w, prefix) && w != prefix && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	slices.SortFunc(out, shorter)
	return out[:min(len(out), maxAlternatives)], nil
}

// create creates an empty index with an alias, by which it is read and written: a write to an alias that is
// gone fails, while a write to an index that is gone would create one without a mapping.
func (x *remoteIndex) create(ctx context.Context) error {
	body := descriptionOf()
	body["aliases"] = object{x.name: object{}}
	if err := x.client.Do(ctx, opensearch.Request{Method: http.MethodPut, Path: physical(x.name), Body: body}, nil); err != nil {
		return fmt.Errorf("create a search index: %w", err)
	}
	return nil
}

// remove removes an index; it is no error if there is none.
func (x *remoteIndex) remove(ctx context.Context) error {
	if err := x.client.Do(ctx, opensearch.Request{Method: http.MethodDelete, Path: physical(x.name)}, nil); err != nil && !opensearch.NotFound(err) {
		return fmt.Errorf("remove a search index: %w", err)
	}
	return nil
}

// physical returns the name of the index behind an alias.
func physical(alias string) string { return alias + "-0" }

// write writes entries as of a change; a nil entry is removed, which is a document without words: unlike a
// deletion, it keeps out older writes for ever.
func (x *remoteIndex) write(ctx context.Context, version int64, entries map[content.ID]content.Entry) error {
	list := make([]opensearch.Document, 0, len(entries))
	for id, e := range entries {
		d := opensearch.Document{ID: docID(id), Version: version, Source: json.RawMessage("{}")}
		if e != nil {
			d.Source = prepare(e).source()
		}
		list = append(list, d)
	}
	if err := x.client.Bulk(ctx, x.name, list); err != nil {
		return fmt.Errorf("write to the search index: %w", err)
	}
	return nil
}

// show makes what was written visible to searches.
func (x *remoteIndex) show(ctx context.Context) error {
	if err := x.client.Do(ctx, opensearch.Request{Method: http.MethodPost, Path: x.name + "/_refresh"}, nil); err != nil {
		return fmt.Errorf("show what was written to the search index: %w", err)
	}
	return nil
}
