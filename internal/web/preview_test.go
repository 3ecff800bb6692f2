package web_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"patternhub/internal/content"
	"patternhub/internal/web"
)

// TestTokensInAddressesAreNotLogged sends a preview token to the API and to a page, right and wrong ones.
func TestTokensInAddressesAreNotLogged(t *testing.T) {
	const token = "token-that-nobody-may-read"
	var log bytes.Buffer
	recorder := tracetest.NewSpanRecorder()
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(recorder))
	t.Cleanup(func() { _ = provider.Shutdown(context.Background()) })
	s := mustServer(t, web.Options{
		Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), Tracer: provider,
		Authenticate: func(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
			if c.Preview != token {
				return ctx, web.Viewer{}, content.Fault(content.Unauthenticated, "No.")
			}
			return ctx, web.Viewer{NoStore: true}, nil
		},
		Site: func(web.Ask) (http.Handler, error) { return http.NotFoundHandler(), nil },
	})
	for _, path := range []string{"/graphql?query={hello}&preview=" + token, "/graphql?query={fail}&preview=" + token, "/graphql?query={hello}&preview=wrong-" + token, "/patterns/saga?preview=" + token} {
		s.send(t, http.MethodGet, path, "", "Referer: https://hub.example/?preview="+token)
	}
	if lines := strings.Count(log.String(), `"msg":"request"`); lines != 4 || strings.Contains(log.String(), token) {
		t.Errorf("%d lines: %s", lines, log.String())
	}
	if spans := fmt.Sprint(tracetest.SpanStubsFromReadOnlySpans(recorder.Ended())); strings.Contains(spans, token) || !strings.Contains(spans, "/patterns/saga") {
		t.Errorf("the spans are %s", spans)
	}
}

// TestQuestionsOfAPreview opens a question of the program for readers and for the holder of a token.
func TestQuestionsOfAPreview(t *testing.T) {
	type viewerKey struct{}
	var ask web.Ask
	bucket := map[string]int{}
	s := mustServer(t, web.Options{
		Revisions: newRevisions(),
		Authenticate: func(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
			bucket[c.Preview]++
			switch c.Preview {
			case "":
				return ctx, web.Viewer{}, nil
			case "right":
				return context.WithValue(ctx, viewerKey{}, true), web.Viewer{NoStore: true, Scope: "preview"}, nil
			}
			return ctx, web.Viewer{}, content.Fault(content.Unauthenticated, "No.")
		},
		Site: func(a web.Ask) (http.Handler, error) { ask = a; return http.NotFoundHandler(), nil },
	})
	question, err := ask("{ hello }", map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		preview, token string
		code           content.Code
		kept           bool
	}{
		"a reader": {"no", "", "", true}, "a preview": {"yes", "right", "", false}, "a wrong token": {"yes", "wrong", content.Unauthenticated, false}, "an empty token": {"yes", "", content.Unauthenticated, false},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, err := t.Context(), error(nil)
			if tt.preview == "yes" {
				if ctx, err = s.Preview(ctx, tt.token); content.CodeOf(err) != tt.code {
					t.Fatalf("got %v, want %q", err, tt.code)
				}
				if err != nil {
					return
				}
				if ctx.Value(viewerKey{}) == nil {
					t.Error("the context has not what the token allows")
				}
			}
			reading, err := question.Open(ctx)
			if err != nil {
				t.Fatal(err)
			}
			data, kept, err := reading.Run()
			if err != nil || string(data) != `{"hello":"world"}` || kept != tt.kept {
				t.Errorf("got %s, kept %v (%v), want kept %v", data, kept, err, tt.kept)
			}
		})
	}
	if bucket["right"] != 1 || bucket[""] != 1 {
		t.Errorf("the credentials were looked up %v times", bucket)
	}
}
