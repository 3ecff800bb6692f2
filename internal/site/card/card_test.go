package card_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"patternhub/internal/site/card"
)

// drawn draws a card and returns the picture and the number of its bytes.
func drawn(t *testing.T, text card.Text) (image.Image, int) {
	t.Helper()
	out, err := card.Draw(text)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return picture, len(out)
}

// inked counts the points of a part that are not the ground.
func inked(picture image.Image, part image.Rectangle) int {
	ground, n := picture.At(0, 0), 0
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if picture.At(x, y) != ground {
				n++
			}
		}
	}
	return n
}

// middle is where the title stands.
var middle = image.Rect(0, 170, card.Width, 500)

// What the font cannot show is left out whole: half a title would say something else.
func TestCards(t *testing.T) {
	for name, c := range map[string]struct {
		title string
		drawn bool
	}{
		"short":     {"Saga", true},
		"umlauts":   {"Über Größe und Köln", true},
		"Greek":     {"Θεώρημα CAP", true},
		"long":      {strings.Repeat("consistency without coordination ", 40), true},
		"one word":  {strings.Repeat("W", 500), true},
		"markup":    {`</title><script>alert(1)</script>`, true},
		"empty":     {"", false},
		"blank":     {" \n\t ", false},
		"Chinese":   {"分布式系统", false},
		"Arabic":    {"قاطع الدائرة", false},
		"emoji":     {"Fire 🔥", false},
		"control":   {"a\x00b", false},
		"not UTF-8": {"a\xffb", false},
	} {
		t.Run(name, func(t *testing.T) {
			picture, size := drawn(t, card.Text{Title: c.title, Kind: "Pattern", Site: "A hub"})
			if picture.Bounds() != image.Rect(0, 0, card.Width, card.Height) || size > 40<<10 {
				t.Errorf("the card is %v and has %d bytes", picture.Bounds(), size)
			}
			if got := inked(picture, middle) > 0; got != c.drawn {
				t.Errorf("the title is drawn: %v, want %v", got, c.drawn)
			}
			for part, r := range map[string]image.Rectangle{"left": image.Rect(0, 0, 90, card.Height), "right": image.Rect(card.Width-90, 0, card.Width, card.Height)} {
				if n := inked(picture, r); n > 0 {
					t.Errorf("the %s margin has %d points", part, n)
				}
			}
		})
	}
}

// Entity tags name the text of a card, not its bytes, so these must follow from it.
func TestACardIsTheSameEachTime(t *testing.T) {
	text := card.Text{Title: "Circuit Breaker", Kind: "Pattern", Site: "A hub"}
	a, err := card.Draw(text)
	if err != nil {
		t.Fatal(err)
	}
	b, err := card.Draw(text)
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("two cards of one text differ, %v", err)
	}
}

// The mark fills a part of each icon, in every size.
func TestIcons(t *testing.T) {
	for _, side := range []int{32, 180, 512} {
		out, err := card.Icon(side)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(out))
		if err != nil || picture.Bounds() != image.Rect(0, 0, side, side) || inked(picture, picture.Bounds()) < side*side/20 {
			t.Errorf("the icon of %d is %v, %v", side, picture.Bounds(), err)
		}
	}
}
