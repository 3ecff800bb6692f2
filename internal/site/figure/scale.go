package figure

import (
	"math"
	"strconv"
	"strings"
)

// greatest bounds numbers, so that sums and differences of two stay finite.
const greatest = 1e15

// finite reports whether a figure can show a number.
func finite(v float64) bool { return !math.IsNaN(v) && math.Abs(v) <= greatest }

// span is a range of values.
type span struct{ low, high float64 }

// spanOf returns the range of the finite values, and reports whether there is one.
func spanOf(values ...float64) (span, bool) {
	s, ok := span{math.Inf(1), math.Inf(-1)}, false
	for _, v := range values {
		if finite(v) {
			s, ok = span{min(s.low, v), max(s.high, v)}, true
		}
	}
	return s, ok
}

// at returns where a value is within the range, from 0 to 1.
// Values outside are at its ends. A range of one value has it in the middle.
func (s span) at(v float64) float64 {
	if s.high <= s.low {
		return 0.5
	}
	return min(max((v-s.low)/(s.high-s.low), 0), 1)
}

// ticks returns about n round values, and the range from the first to the last, which includes s.
func (s span) ticks(n int) ([]float64, span) {
	if s.high <= s.low {
		pad := max(math.Abs(s.low)*0.1, 1)
		s = span{s.low - pad, s.high + pad}
	}
	// The distance of ticks is 1, 2 or 5 times a power of ten, the next one above the exact share.
	rough := (s.high - s.low) / float64(n)
	size := math.Pow(10, math.Floor(math.Log10(rough)))
	switch {
	case rough > 5*size:
		size *= 10
	case rough > 2*size:
		size *= 5
	case rough > size:
		size *= 2
	}
	first, last := math.Floor(s.low/size), math.Ceil(s.high/size)
	var out []float64
	for i := first; i <= last && len(out) <= 2*n+2; i++ {
		out = append(out, i*size)
	}
	return out, span{out[0], out[len(out)-1]}
}

// compact returns a number in few characters, such as 1.5k.
func compact(v float64) string {
	abs, unit := math.Abs(v), ""
	for _, u := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e4, "k"}} {
		if abs >= u.size {
			size := u.size
			if u.name == "k" {
				size = 1e3
			}
			v, unit = v/size, u.name
			break
		}
	}
	// Adding zero turns a negative zero into a positive one.
	return strconv.FormatFloat(math.Round(v*100)/100+0, 'f', -1, 64) + unit
}

// Number returns a number as tables state it: with thin spaces between thousands, and at most two digits after the point.
// It is empty unless the number is finite.
func Number(v float64) string {
	if !finite(v) {
		return ""
	}
	s := strconv.FormatFloat(math.Abs(math.Round(v*100)/100), 'f', -1, 64)
	whole, rest, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "\u202f" + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	if math.Round(v*100) < 0 {
		whole = "−" + whole
	}
	return whole
}
