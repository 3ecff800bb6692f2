// Package web is the HTTP server: GraphQL over GET, POST, event streams and WebSockets, with
// limits, costs, caches, persisted operations, health checks, metrics, traces and the playground.
// It runs operations with gqlgen's executor over any graphql.ExecutableSchema. It does not depend
// on stores or keys: options supply what it needs of them.
//
// This package reads requests and connects its subpackages, which do not import it: operation prepares
// operations, run runs them, answer writes answers, and live serves sockets and streams.
//
//	s, err := web.New(web.Options{
//		Schema:       graph.NewExecutableSchema(config),
//		Log:          log,
//		Ready:        store.Ping,
//		Authenticate: keys.Authenticate, // nil: everyone is anonymous
//		Attach: func(ctx context.Context, r web.Request) context.Context {
//			return loaders.With(ctx, loaders.New(store)) // fresh for each response
//		},
//	})
//	public := web.NewHTTPServer(s.Public(), log)  // /graphql /playground / /livez /readyz
//	admin := web.NewHTTPServer(s.Admin(), log)    // /metrics /statz /readyz /debug/pprof
//
// To stop: call Drain (readiness fails, sockets close, streams complete), then
// http.Server.Shutdown on both.
//
// Revisions turns the response cache and entity tags on. Request in Attach carries the request id,
// the operation's cost and the state of its bucket, for the field rateLimit, and LastEventID for a
// stream that is resumed. AddCommand counts a database command for the access log of the request in
// a context.
package web
