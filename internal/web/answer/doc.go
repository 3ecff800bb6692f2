// Package answer writes answers over HTTP: from the client's own copy, from the cache, or by
// running the operation, once for all equal concurrent requests. It contains the response cache,
// entity tags, the tags by which proxies purge, compression, and the media types of answers.
package answer
