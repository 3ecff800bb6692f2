package web

import (
	"context"
	"log/slog"

	"patternhub/internal/web/answer"
	"patternhub/internal/web/live"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// The methods below derive the options of each subpackage. Each gets only what it uses.

// operations returns the options of the preparer. Over counts each document that is over a limit; the log
// names it only if it is served all the same, as a refusal already reaches the client.
func (o *Options) operations(counted *run.Metrics) operation.Options {
	l := o.Limits
	return operation.Options{
		Schema: o.Schema.Schema(),
		Limits: operation.Limits{
			DocumentBytes: l.DocumentBytes, Tokens: l.Tokens, Depth: l.Depth, Aliases: l.Aliases, RootFields: l.RootFields,
			Directives: l.Directives, Fragments: l.Fragments, Nodes: l.Nodes, Cost: l.Cost, Page: l.Page, OperationBytes: l.OperationBytes,
		},
		Over: func(kind, what string) {
			counted.Limited(kind)
			if o.MeasureOnly {
				o.Log.Warn("over a limit", slog.String("limit", kind), slog.String("what", what))
			}
		},
		MeasureOnly: o.MeasureOnly, NoIntrospection: o.NoIntrospection, Scalars: o.Scalars, EventID: o.EventID,
	}
}

// documents returns the options of the store of documents. Untrusted logs the hash, never the text.
func (o *Options) documents() operation.DocumentOptions {
	return operation.DocumentOptions{
		Manifest: o.Documents, Trust: o.Trust, Bytes: o.Limits.PersistedBytes,
		Untrusted: func(ctx context.Context, hash string) {
			o.Log.LogAttrs(ctx, slog.LevelWarn, "document is not trusted",
				slog.String("request_id", run.VisitOf(ctx).ID), slog.String("hash", hash))
		},
	}
}

// run returns the options of the runner. Without a Tracer in o its tracer is nil, and it makes no spans.
func (o *Options) run(counted *run.Metrics, operations *operation.Preparer, documents *operation.Documents) run.Options {
	l := o.Limits
	out := run.Options{
		Schema: o.Schema, Operations: operations, Documents: documents,
		Limits: run.Limits{
			Bucket: l.Bucket, Restore: l.Restore, BucketKeys: l.BucketKeys, Concurrent: l.Concurrent,
			Deadline: l.Deadline, WaitAfter: l.WaitAfter,
		},
		MeasureOnly: o.MeasureOnly, Authenticate: o.Authenticate, Attach: o.Attach, Root: o.Root, Revisions: o.Revisions,
		Log: o.Log, Metrics: counted, Now: o.Now, NewID: o.NewID,
	}
	if o.Tracer != nil {
		out.Tracer = o.Tracer.Tracer(tracerName)
	}
	return out
}

func (o *Options) answers(w answer.Writer, runner *run.Runner) answer.Options {
	out := answer.Options{
		Writer: w, Runner: runner, Build: o.Build, CacheBytes: o.CacheBytes, MaxAge: o.MaxAge, Registry: o.Registry,
	}
	// A schema with Recycle writes later answers into the memory of those that have been sent.
	if r, ok := o.Schema.(interface{ Recycle(data []byte) }); ok {
		out.Recycle = r.Recycle
	}
	return out
}

// live returns the options of sockets and streams.
func (o *Options) live(w answer.Writer, runner *run.Runner, counted *run.Metrics) live.Options {
	l := o.Limits
	return live.Options{
		Writer: w, Runner: runner, Limited: counted.Limited, Registry: o.Registry,
		Limits: live.Limits{
			Sockets: l.Sockets, Operations: l.Operations, MessageBytes: l.MessageBytes, JSONDepth: l.JSONDepth, InitTimeout: l.InitTimeout,
			PingEvery: l.PingEvery, UnreadTimeout: l.UnreadTimeout, CheckEvery: l.CheckEvery,
		},
	}
}

// origins returns the check of cross-origin requests, with the headers that they may send and read.
func (o *Options) origins() *origins {
	sent, read := o.headers()
	return &origins{allowed: o.Origins, credentials: o.Credentials, sent: sent, read: read}
}
