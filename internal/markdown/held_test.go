package markdown_test

import (
	"strings"
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// today is the time of publishing in the tests.
var today = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

func TestDraftsOfOtherProgramsAreHeld(t *testing.T) {
	held := []string{
		"draft: true", "draft: yes", "draft: \"TRUE\"", "draft: maybe", "Draft: true", "isDraft: true", "is_draft: 1", "published: false", "published: draft", "publish: off", "public: no",
		"published: 2999-01-01", "publishDate: 2027-01-01", "date: 2030-05-05 10:00:00 +0200", "unlisted: true", "hidden: true", "private: true", "sidebar: {hidden: true}",
		"sidebar:\n  order: 1\n  hidden: true", "build: {render: never}", "build:\n  list: never", "_build: {render: false}", "build: {render: link}", "headless: true", "render: false",
		"status: draft", "Status: In Review", "status: work-in-progress", "visibility: private", "post_status: future", "state: pending", "eleventyExcludeFromCollections: true",
		"expiryDate: 2025-06-01", "expires: 2025", "unpublish_date: 1/2/2025", "date: {created: 2999-01-01}", "date:\n  published: soon", "params: {draft: true}", "extra: {hidden: yes}",
		"draft: !!bool true", "date: !!timestamp 2999-01-01", "date: &d 2999-01-01", "date: |\n  2999-01-01\n",
	}
	free := []string{
		"draft: false", "draft: no", "draft:", "draft: ''", "published: true", "published: 2020-01-01", "published: by us", "expiryDate: 2027-01-01", "expires: never", "hidden: false", "hide: [toc]",
		"status: new", "status: published", "status: deprecated", "sidebar: {hidden: false, order: 1}", "sidebar: false", "build: {render: always, list: local}", "date:", "date: 2025-12-31",
		"date: {created: 2024-01-31, updated: 2999-01-01}", "lastmod: 2999-01-01", "hero: {draft: true}", "title: draft", "tags: [draft]", "visible: true",
	}
	for front, want := range both(held, free) {
		if got := markdown.Held([]byte("---\n"+front+"\n---\n"), &content.Page{}, today); (got != "") != want {
			t.Errorf("%q: %q", front, got)
		}
	}
	for file, want := range map[string]bool{
		"+++\ndraft = true\n+++\n": true, "+++\npublishDate = 2025-01-01T10:00:00Z\nexpiryDate = 2025-06-01\n+++\n": true, "+++\ndate = 2999-01-01\n+++\n": true,
		"+++\ndate = 2999-01-01T10:00:00\n+++\n": true, "+++\ndate = 2999-01-01T10:00:00+02:00\n+++\n": true, "+++\ndate = 2025-01-01 10:00:00\n+++\n": false, "+++\n[build]\nrender = 'never'\n+++\n": true,
		"+++\nparams.hidden = true\n+++\n": true, "# draft: true\n": false, "---\nname: x\n---\ndraft: true\n": false,
	} {
		if got := markdown.Held([]byte(file), &content.Page{}, today); (got != "") != want {
			t.Errorf("%q: %q", file, got)
		}
	}
}

// both returns a map of texts to whether they hold a file.
func both(held, free []string) map[string]bool {
	out := map[string]bool{}
	for _, s := range held {
		out[s] = true
	}
	for _, s := range free {
		out[s] = false
	}
	return out
}

// TestFutureDatesInEverySpelling tries each form with a future and a past year.
func TestFutureDatesInEverySpelling(t *testing.T) {
	for _, form := range []string{
		"Y", "Y-01", "Y/01", "Y-01-02", "Y/01/02", "Y.1.2", "Y-1-2", "Y0102", "Y01", "01/02/Y", "1.2.Y", "31/12/Y", "12/31/Y", "January 2, Y", "January 2 Y", "Jan. 2, Y", "jan 2 Y", "2 January Y", "2nd January, Y",
		"January 2nd, Y", "02-Jan-Y", "January Y", "Y-Jan-02", "Y Jan 2", "Y-01-02 10:00", "Y-01-02 10:00 +0200", "Y-01-02 10:00:00 +02:00", "Y-01-02T10:00", "Y-01-02T10:00:00Z", "Y-01-02T10:00:00.123+02:00",
		"Y-01-02T10:00:00+0200", "Y-01-02 10:00:00 UTC", "Y-01-02 10:00 PM", "Y-01-02 10:00am", "Y/01/02 10:00", "January 2, Y 10:00", "January 2, Y at 3:04 PM", "January 2, Y 10:00:00 GMT", "2 Jan Y 10:00:00 +0000",
	} {
		for year, want := range map[string]bool{"2999": true, "2001": false} {
			front := "---\ndate: \"" + strings.ReplaceAll(form, "Y", year) + "\"\n---\n"
			got := markdown.Held([]byte(front), &content.Page{}, today)
			if (got != "") != want || strings.Contains(got, "understood") {
				t.Errorf("%q: %q", front, got)
			}
		}
	}
	for text, want := range map[string]string{
		"32503680000": "the front matter says date: 32503680000", "978307200": "", "32503680000000": "the front matter says date: 32503680000000",
		"Thu, 02 Jan 2999 15:04:05 GMT": "the front matter says date: Thu, 02 Jan 2999 15:04:05 GMT", "Tuesday, 2 January 2001": "",
		"soon": "the front matter says date: soon, which cannot be understood as a date", "2. Januar 2999": "the front matter says date: 2. Januar 2999, which cannot be understood as a date",
		"2024-13-45": "the front matter says date: 2024-13-45, which cannot be understood as a date", "29990-01-01": "the front matter says date: 29990-01-01, which cannot be understood as a date",
		"{{ .Date }}": "the front matter says date: {{ .Date }}, which cannot be understood as a date", "03/02/2026": "the front matter says date: 03/02/2026", "2001-01-01 10:00 Mars": "the front matter says date: 2001-01-01 10:00 Mars, which cannot be understood as a date",
	} {
		if got := markdown.Held([]byte("---\ndate: \""+text+"\"\n---\n"), &content.Page{}, today); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestFileNamesHold(t *testing.T) {
	for file, want := range map[string]string{
		"_posts/2999-01-01-x.md": "its name begins with the date 2999-01-01", "blog/_posts/a/2999-1-1-x.md": "its name begins with the date 2999-1-1", "_posts/2025-01-01-x.md": "",
		"_posts/2025-99-01-x.md": "its name begins with the date 2025-99-01", "posts/2999-01-01-x.md": "", "_posts/x.md": "",
		"_drafts/x.md": "it is in the folder _drafts", "a/_drafts/b/x.md": "it is in the folder _drafts", "_drafts.md": "",
	} {
		if got := markdown.HeldName(file, today); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}
