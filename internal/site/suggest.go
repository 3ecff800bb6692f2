package site

import (
	"encoding/json"
	"net/http"
	"net/url"

	"patternhub/internal/content"
	"patternhub/internal/site/listing"
	"patternhub/internal/site/pages"
)

// suggestPath is the address that the search field asks while a reader types.
const suggestPath = "/search/suggest"

// suggestion is a name that begins with what is typed.
type suggestion struct {
	Name string `json:"name"`
	Path string `json:"path"`
	Type string `json:"type"`
}

// suggestRoute returns the suggestions for the search field.
func suggestRoute() route {
	read := func(r *http.Request) wanted {
		prefix := listing.Words(r.URL.Query().Get("q"))
		canonical := suggestPath + "?q=" + url.QueryEscape(prefix)
		return wanted{canonical: canonical, key: canonical, vars: map[string]any{"prefix": prefix}}
	}
	return file(suggestPath, pages.SuggestQuery, read, func(_ *asked, _ uint64, answer *pages.SuggestAnswer) (*page, error) {
		// Not nil, which JSON would write as null.
		out := []suggestion{}
		for _, s := range answer.Suggest {
			out = append(out, suggestion{s.Name, s.Path, s.Type.Label()})
		}
		body, err := json.Marshal(out)
		if err != nil {
			return nil, content.Wrap(content.Internal, "", err)
		}
		return text("application/json", string(body)), nil
	})
}
