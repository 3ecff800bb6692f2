package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/web"
)

// A server over a schema, with keys and a context prepared for each response.
func ExampleNew() {
	surface, err := web.New(web.Options{
		Schema: newGraph(&testing.T{}),
		Authenticate: func(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
			if c.Token != "" && c.Token != "phk_1_secret" {
				return ctx, web.Viewer{}, content.Fault(content.Unauthenticated, "The key is not known.")
			}
			return ctx, web.Viewer{Key: c.Token, Scope: c.Token}, nil
		},
		Attach: func(ctx context.Context, _ web.Request) context.Context {
			return ctx // loaders that live for one response go here
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, key := range []string{"", "Bearer phk_1_secret", "Bearer wrong"} {
		r := httptest.NewRequest(http.MethodGet, "/graphql?query={hello}", nil)
		r.Header.Set("Authorization", key)
		w := httptest.NewRecorder()
		surface.Public().ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	// Output:
	// 200
	// 200
	// 401
}
