package static

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// rewriter changes the addresses in one page, and collects them.
type rewriter struct {
	x     *copier
	at    target
	rec   *record
	links []target
}

// addresses are the attributes that have an address, by element.
var addresses = map[string]string{
	"a": "href", "area": "href", "link": "href", "img": "src", "source": "src", "script": "src", "video": "src", "audio": "src", "form": "action",
}

// page returns a page with the addresses of the copy. What would lead to something that the copy does not have
// is left out, and of a link its text stays.
func (w *rewriter) page(in []byte) []byte {
	var out bytes.Buffer
	dropped, data := false, false
	z := html.NewTokenizer(bytes.NewReader(in))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		raw := z.Raw()
		switch {
		case kind == html.TextToken && data:
			out.Write(w.statement(bytes.Clone(raw)))
			data = false
			continue
		case kind == html.EndTagToken:
			raw = bytes.Clone(raw) // reading the name changes it
			if name, _ := z.TagName(); dropped && string(name) == "a" {
				dropped = false
				continue
			}
			out.Write(raw)
			continue
		case kind != html.StartTagToken && kind != html.SelfClosingTagToken:
			out.Write(raw)
			continue
		}
		raw = bytes.Clone(raw) // reading the token changes it
		token := z.Token()
		data = token.Data == "script" && attribute(&token, "type") == "application/ld+json"
		switch changed, there := w.element(&token); {
		case !there:
			dropped = dropped || token.Data == "a"
		case changed:
			out.WriteString(token.String())
		default:
			out.Write(raw)
		}
	}
	return out.Bytes()
}

// element changes the address of an element. It is not there if the copy does not have what it leads to.
func (w *rewriter) element(token *html.Token) (changed, there bool) {
	if token.Data == "meta" {
		w.rec.Article = w.rec.Article || attribute(token, "property") == "og:type" && attribute(token, "content") == "article"
		return located[attribute(token, "property")] && w.meta(token), true
	}
	name := addresses[token.Data]
	for i := range token.Attr {
		a := &token.Attr[i]
		if name == "" || a.Key != name {
			continue
		}
		to, there := w.address(a.Val, attribute(token, "rel"))
		if !there {
			return false, false
		}
		changed, a.Val = changed || to != a.Val, to
	}
	return changed, true
}

// meta changes a meta element whose content is an address of the site.
func (w *rewriter) meta(token *html.Token) bool {
	for i := range token.Attr {
		a := &token.Attr[i]
		if a.Key == "content" && w.x.o.Origin != "" && strings.HasPrefix(a.Val, w.x.o.Origin+"/") {
			if to, there := w.address(a.Val, ""); there {
				a.Val = to
				return true
			}
		}
	}
	return false
}

// attribute returns the value of an attribute, empty for none.
func attribute(token *html.Token, name string) string {
	i := slices.IndexFunc(token.Attr, func(a html.Attribute) bool { return a.Key == name })
	if i < 0 {
		return ""
	}
	return token.Attr[i].Val
}

// address returns what an address of the site is in the copy. Addresses of others stay. It is not there if the
// copy does not have it.
func (w *rewriter) address(of, rel string) (to string, there bool) {
	prefix := w.x.o.Base
	rest, absolute := strings.CutPrefix(of, w.x.o.Origin)
	if absolute = absolute && w.x.o.Origin != "" && strings.HasPrefix(rest, "/"); absolute {
		prefix, of = w.x.o.Origin, rest
	}
	u, err := url.Parse(of)
	if err != nil || u.Scheme != "" || u.Host != "" || of == "" || of[0] == '#' {
		return of, true
	}
	base, err := url.Parse(w.at.address)
	if err != nil {
		return of, true
	}
	u = base.ResolveReference(u)
	t, ok := w.target(u, rel)
	if !ok || w.x.failed[t.address] != 0 {
		if ok {
			w.lose(t.address)
		}
		return "", false
	}
	if t.address != w.at.address {
		w.found(t)
	}
	if to = prefix + link(t.file); u.Fragment != "" {
		to += "#" + u.EscapedFragment()
	}
	return to, true
}

// target returns the target of a link. A link to the next page of a list leads from one number to the next,
// since its address has a place that says nothing of it.
func (w *rewriter) target(u *url.URL, rel string) (target, bool) {
	if w.at.address == u.RequestURI() {
		return w.at, true
	}
	page := 1
	if query := u.Query(); query.Has("after") || query.Has("before") {
		if path, _, _ := strings.Cut(w.at.address, "?"); u.EscapedPath() != path {
			return target{}, false
		}
		page = w.at.page + map[string]int{"next": 1, "prev": -1}[rel]
		if page == w.at.page || page < 1 {
			return target{}, false
		}
	}
	if !w.x.site.Prebuilt(u) {
		return target{}, false
	}
	return targetOf(u, page)
}

// found adds what a page leads to.
func (w *rewriter) found(t target) {
	if t.page < w.at.page && strings.Contains(t.address, "before=") {
		return // the page before is there, since it has led here
	}
	w.links = append(w.links, t)
	if !w.x.starts[t.address] && !slices.Contains(w.rec.Links, t.address) {
		w.rec.Links = append(w.rec.Links, t.address)
	}
}

// lose adds what a page would lead to.
func (w *rewriter) lose(address string) {
	if !slices.Contains(w.rec.Lost, address) {
		w.rec.Lost = append(w.rec.Lost, address)
	}
}

// stored returns the target of an address that a page linked to when it was made.
func (x *copier) stored(at target, address string) []target {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	page := 1
	if query := u.Query(); query.Has("after") || query.Has("before") {
		page = at.page + 1
	}
	if t, ok := targetOf(u, page); ok {
		return []target{t}
	}
	return nil
}

// located are the keys of JSON-LD, and the properties of Open Graph, that have an address of the site.
var located = map[string]bool{"@id": true, "url": true, "item": true, "image": true, "inDefinedTermSet": true, "og:url": true, "og:image": true}

// statement changes the addresses in a statement of JSON-LD.
func (w *rewriter) statement(in []byte) []byte {
	var v any
	if json.Unmarshal(in, &v) != nil {
		return in
	}
	w.locate(v)
	out, err := json.Marshal(v)
	if err != nil {
		return in
	}
	return out
}

// locate changes the addresses in a value of JSON-LD.
func (w *rewriter) locate(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			w.locate(e)
		}
	case map[string]any:
		for key, e := range v {
			text, ok := e.(string)
			if !ok {
				w.locate(e)
			} else if located[key] {
				if to, there := w.address(text, ""); there {
					v[key] = to
				} else {
					delete(v, key)
				}
			}
		}
	}
}

// redirect returns a page that leads to another one: to a path of the copy, which is that of an address.
func (w *rewriter) redirect(path, to string) []byte {
	shown := html.EscapeString(path)
	canonical := ""
	if w.x.o.Origin != "" {
		absolute, _ := w.address(w.x.o.Origin+to, "")
		canonical = `<link rel="canonical" href="` + html.EscapeString(absolute) + `">`
	}
	return []byte(`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Moved</title><meta name="robots" content="noindex">` +
		`<meta http-equiv="refresh" content="0; url=` + shown + `">` + canonical + `</head><body><p>This page has moved <a href="` + shown + `">here</a>.</p></body></html>` + "\n")
}

// file returns a file with the addresses of the copy, for the two that have addresses below the top of the host.
func (w *rewriter) file(name string, in []byte) []byte {
	switch name {
	case "llms.txt":
		return bytes.ReplaceAll(in, []byte("](/"), []byte("]("+w.x.o.Base+"/"))
	case "site.webmanifest":
		for _, key := range []string{"start_url", "src"} {
			in = bytes.ReplaceAll(in, []byte(`"`+key+`":"/`), []byte(`"`+key+`":"`+w.x.o.Base+`/`))
		}
	}
	return in
}
