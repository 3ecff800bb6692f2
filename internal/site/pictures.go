package site

import (
	"net/http"
	"strings"

	"patternhub/internal/content"
	"patternhub/internal/site/card"
	"patternhub/internal/site/pages"
)

const (
	pngMedia = "image/png"
	// picturePath and pictureSuffix around an entry's path are the address of its picture.
	picturePath, pictureSuffix = "/og", ".png"
	// maxDrawing is the number of pictures that are drawn at once.
	maxDrawing = 2
)

// pictures returns the routes of the pictures of entries, and of the one for all other pages.
func (s *Site) pictures() []route {
	// Drawing takes some milliseconds of a processor, and anybody may ask for pictures of all entries.
	drawing := make(chan struct{}, maxDrawing)
	draw := func(t card.Text) (*page, error) {
		drawing <- struct{}{}
		defer func() { <-drawing }()
		t.Site = s.o.Title
		s.count.cards.Add(1)
		out, err := card.Draw(t)
		if err != nil {
			return nil, content.Wrap(content.Internal, "", err)
		}
		return text(pngMedia, string(out)), nil
	}
	read := func(r *http.Request) wanted {
		w := fixed(r)
		path := strings.TrimPrefix(r.URL.Path, picturePath)
		if named, ok := strings.CutSuffix(path, pictureSuffix); ok {
			path = named
		} else {
			path = "" // no entry has it
		}
		w.vars["path"] = escaped(path)
		return w
	}
	return []route{
		file(picturePath+"/{path...}", pages.PictureQuery, read, func(a *asked, _ uint64, answer *pages.PictureAnswer) (*page, error) {
			if answer.Missing() {
				return nil, errMissing
			}
			if path := picturePath + answer.Entry.ResourcePath + pictureSuffix; !samePath(path, a.canonical) {
				return &page{status: http.StatusMovedPermanently, location: path}, nil
			}
			return draw(card.Text{Title: answer.Entry.Name, Kind: pages.TypeLabel(answer.Entry.Type)})
		}),
		file(picturePath+pictureSuffix, pages.CatalogueQuery, fixed, func(*asked, uint64, *pages.CatalogueAnswer) (*page, error) {
			return draw(card.Text{Title: s.o.Title})
		}),
	}
}
