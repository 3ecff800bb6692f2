package content_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"patternhub/internal/content"
)

// TestFoldIgnoresDecompositionAndCase folds every letter of Western and Central European languages:
// a composed letter folds to the same as a base letter with a mark.
func TestFoldIgnoresDecompositionAndCase(t *testing.T) {
	for r := rune(0xc0); r < 0x180; r++ {
		one := string(r)
		if apart := norm.NFD.String(one); content.Fold(one) != content.Fold(apart) {
			t.Errorf("%s is folded to %q composed and %q decomposed", one, content.Fold(one), content.Fold(apart))
		}
		if upper := strings.ToUpper(one); r != 'ŉ' && content.Fold(upper) != content.Fold(one) && r != 'ſ' {
			t.Errorf("%s is folded to %q, but %s to %q", one, content.Fold(one), upper, content.Fold(upper))
		}
	}
}

func TestFoldIsIdempotent(t *testing.T) {
	for _, s := range []string{"\u0301 a", "a \u0301", "\u0130", "ẞ", "ǅ", " É\u0301\u0327 "} {
		if once := content.Fold(s); content.Fold(once) != once {
			t.Errorf("Fold(%q) = %q, whose fold is %q", s, once, content.Fold(once))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		once := content.Fold(s)
		if content.Fold(once) != once {
			t.Errorf("Fold(%q) = %q, whose fold is %q", s, once, content.Fold(once))
		}
		if content.Fold("  "+s+"\t") != once {
			t.Errorf("white space around %q matters", s)
		}
	})
}

func TestFoldOrdersNamesAsPeopleDo(t *testing.T) {
	for _, pair := range [][2]string{{"Actor Model", "API Gateway"}, {"Ébauche", "Feature Flags"}, {"backpressure", "Bulkhead"}, {"Øresund", "Outbox"}} {
		if a, b := content.Fold(pair[0]), content.Fold(pair[1]); a >= b {
			t.Errorf("%s does not come before %s", pair[0], pair[1])
		}
	}
}

func TestWordsOfAnything(t *testing.T) {
	for in, want := range map[string]string{
		"CQRS": "Cqrs", "two-phase_commit": "Two phase commit", "élan-vital": "Élan vital", "日本": "日本", "-a": " a", "a": "A",
	} {
		if got := content.Words(in); got != want {
			t.Errorf("Words(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if got := content.Words(s); !utf8.ValidString(got) || strings.ContainsAny(got, "_-") {
			t.Errorf("Words(%q) = %q", s, got)
		}
	})
}

// TestSortKeyOrdersAsDictionariesDo uses names that sort differently by their bytes.
func TestSortKeyOrdersAsDictionariesDo(t *testing.T) {
	want := []string{
		"«Saga»", "1 to 1", "10", "2PC", "Actor Model", "Aeon", "Ærø", "Ångström", "Ấp Bắc", "API Gateway", "Đà Lạt", "Dapr", "Échelle", "Edge",
		"əsas", "Feature Flags", "Łódź", "Loom", "Nginx", "ŋx", "Nym", "Øresund", "Outbox", "Việt Nam", "Zebra", "Žižka", "Ωmega", "Привет", "日本",
	}
	shuffled := slices.Clone(want)
	slices.Sort(shuffled)
	slices.SortFunc(shuffled, func(a, b string) int { return strings.Compare(content.SortKey(a), content.SortKey(b)) })
	if diff := cmp.Diff(want, shuffled); diff != "" {
		t.Errorf("names are in another order (-want +got):\n%s", diff)
	}
}

// TestSortKeysAgreeWithCollation compares texts by their keys and by the collator.
func TestSortKeysAgreeWithCollation(t *testing.T) {
	c := collate.New(language.Und, collate.Loose)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		if got, want := strings.Compare(content.SortKey(a), content.SortKey(b)), c.CompareString(content.Fold(a), content.Fold(b)); got != want {
			t.Errorf("%q and %q compare as %d by their keys, and as %d by collation", a, b, got, want)
		}
		if content.SortKey(a) != content.SortKey(content.Fold(a)) {
			t.Errorf("the key of %q is not that of its folded form", a)
		}
		if key := content.SortKey(a); key+content.AfterSortKeys <= content.SortKey(a+b) && strings.HasPrefix(content.SortKey(a+b), key) {
			t.Errorf("the key of %q begins with that of %q but is not below AfterSortKeys", a+b, a)
		}
	})
}

func TestSpaced(t *testing.T) {
	for text, want := range map[string]string{"": "", " \n": "", "a": "a", "\ta \u00a0\r\n b ": "a b"} {
		if got := content.Spaced(text); got != want {
			t.Errorf("%q is spaced as %q, want %q", text, got, want)
		}
	}
}
