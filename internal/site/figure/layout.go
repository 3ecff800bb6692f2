package figure

import (
	"cmp"
	"math"
	"slices"
)

// box is a rectangle by its centre.
type box struct{ x, y, w, h float64 }

// The gaps that a layout keeps between boxes.
const (
	gapX = 18
	gapY = 16
)

// fit moves boxes so that they have a margin, and returns the size of the picture.
func fit(boxes []box, least float64) (width, height float64) {
	const margin = 12
	low, high := box{x: math.Inf(1), y: math.Inf(1)}, box{x: math.Inf(-1), y: math.Inf(-1)}
	for _, b := range boxes {
		low.x, low.y = min(low.x, b.x-b.w/2), min(low.y, b.y-b.h/2)
		high.x, high.y = max(high.x, b.x+b.w/2), max(high.y, b.y+b.h/2)
	}
	if len(boxes) == 0 {
		return least, 60
	}
	width, height = math.Ceil(high.x-low.x)+2*margin, math.Ceil(high.y-low.y)+2*margin
	aside := max(least-width, 0) / 2
	for i := range boxes {
		boxes[i].x += margin + aside - low.x
		boxes[i].y += margin - low.y
	}
	return max(width, least), height
}

// aspect is how much wider than high the room of a node is. Forces act in a space that is narrower
// by it, where a box is about round.
const aspect = 2.6

// scatter lays boxes out by forces: nodes push each other away and edges pull. Nothing is random,
// and the number of steps is fixed. The centre stays in the middle if there is one.
func scatter(boxes []box, lines []line, centre int) {
	n := len(boxes)
	const ideal, reach = 62.0, 2.5 * 62.0
	for rank, i := range outward(n, lines, centre) {
		// The golden angle, in radians, spreads the nodes evenly over a disc, without two in one direction.
		angle, r := float64(rank)*2.399963, ideal*0.9*math.Sqrt(float64(rank))
		boxes[i].x, boxes[i].y = r*math.Cos(angle), r*math.Sin(angle)
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	moves := make([]box, n)
	// Large graphs have fewer steps, so that a drawing takes about as long whatever its size; small ones come
	// to rest sooner.
	steps := min(max(18000/max(n, 1), 40), 40+4*n, 300)
	for s := range steps {
		slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(boxes[a].x, boxes[b].x), cmp.Compare(a, b)) })
		for i := range moves {
			// A weak pull to the middle keeps parts of the graph that no edge connects from drifting away.
			moves[i] = box{x: -boxes[i].x * 0.06, y: -boxes[i].y * 0.06}
		}
		repel(boxes, moves, order, ideal, reach)
		for _, l := range lines {
			dx, dy := boxes[l.to].x-boxes[l.from].x, boxes[l.to].y-boxes[l.from].y
			pull := math.Sqrt(dx*dx+dy*dy) / ideal / 2
			moves[l.from].x, moves[l.from].y = moves[l.from].x+dx*pull, moves[l.from].y+dy*pull
			moves[l.to].x, moves[l.to].y = moves[l.to].x-dx*pull, moves[l.to].y-dy*pull
		}
		// No node moves further than the heat, which falls to zero, so that the layout comes to rest.
		heat := ideal * (1 - float64(s)/float64(steps))
		for i := range boxes {
			length := math.Hypot(moves[i].x, moves[i].y)
			if i == centre || length == 0 {
				continue
			}
			by := min(length, heat) / length
			boxes[i].x, boxes[i].y = boxes[i].x+moves[i].x*by, boxes[i].y+moves[i].y*by
		}
	}
	for i := range boxes {
		boxes[i].x *= aspect
	}
	part(boxes)
}

// repel adds to moves how nodes push each other away. order has them from left to right.
func repel(boxes, moves []box, order []int, ideal, reach float64) {
	for at, i := range order {
		for _, j := range order[at+1:] {
			dx := boxes[j].x - boxes[i].x
			if dx > reach {
				break
			}
			dy := boxes[j].y - boxes[i].y
			square := dx*dx + dy*dy
			if square > reach*reach {
				continue
			}
			// Nodes at one place are pushed in a fixed direction of length one, since nothing may be random.
			if square < 1 {
				dx, dy, square = 0.6, 0.8, 1
			}
			push := ideal * ideal / square
			moves[i].x, moves[i].y = moves[i].x-dx*push, moves[i].y-dy*push
			moves[j].x, moves[j].y = moves[j].x+dx*push, moves[j].y+dy*push
		}
	}
}

// outward returns the nodes by their distance from the centre, or from the node with most edges, so
// that neighbours begin near each other.
func outward(n int, lines []line, centre int) []int {
	near := neighbours(n, lines)
	starts := make([]int, n)
	for i := range starts {
		starts[i] = i
	}
	slices.SortStableFunc(starts, func(a, b int) int {
		switch centre {
		case a:
			return -1
		case b:
			return 1
		}
		return cmp.Compare(len(near[b]), len(near[a]))
	})
	seen, out := make([]bool, n), make([]int, 0, n)
	for _, start := range starts {
		if seen[start] {
			continue
		}
		seen[start] = true
		for queue := []int{start}; len(queue) > 0; queue = queue[1:] {
			out = append(out, queue[0])
			for _, next := range near[queue[0]] {
				if !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
	}
	return out
}

// part moves boxes apart until none overlaps another: gently while that helps, then downwards.
func part(boxes []box) {
	order := make([]int, len(boxes))
	for i := range order {
		order[i] = i
	}
	// The number is bounded, as crowded boxes may push each other to and fro without end.
	for range 120 {
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(boxes[a].x-boxes[a].w/2, boxes[b].x-boxes[b].w/2), cmp.Compare(a, b))
		})
		if !nudge(boxes, order) {
			return
		}
	}
	settle(boxes, order)
}

// settle moves boxes downwards until none overlaps another. Boxes are of one height, so one that
// has sunk below another is clear of all that are above that one.
func settle(boxes []box, order []int) {
	byTop := func(a, b int) int { return cmp.Or(cmp.Compare(boxes[a].y, boxes[b].y), cmp.Compare(a, b)) }
	slices.SortFunc(order, byTop)
	settled := make([]int, 0, len(order))
	for _, i := range order {
		for _, j := range settled {
			if x, y := overlap(boxes[i], boxes[j]); x > 0 && y > 0 {
				boxes[i].y = boxes[j].y + boxHeight + gapY
			}
		}
		at, _ := slices.BinarySearchFunc(settled, i, byTop)
		settled = slices.Insert(settled, at, i)
	}
}

// nudge moves overlapping boxes apart by one step, and reports whether there were any. order has
// them by their left sides.
func nudge(boxes []box, order []int) bool {
	moved := false
	for at, i := range order {
		for _, j := range order[at+1:] {
			if boxes[j].x-boxes[j].w/2 > boxes[i].x+boxes[i].w/2+gapX {
				break
			}
			x, y := overlap(boxes[i], boxes[j])
			if x <= 0 || y <= 0 {
				continue
			}
			moved = true
			// A little more than half each, so that the last part of the way is not endless.
			if y <= x {
				by := math.Copysign(y/2+0.1, boxes[j].y-boxes[i].y)
				boxes[i].y, boxes[j].y = boxes[i].y-by, boxes[j].y+by
			} else {
				by := math.Copysign(x/2+0.1, boxes[j].x-boxes[i].x)
				boxes[i].x, boxes[j].x = boxes[i].x-by, boxes[j].x+by
			}
		}
	}
	return moved
}

// overlap returns how far two boxes with the gap between them overlap in each direction.
func overlap(a, b box) (x, y float64) {
	return (a.w+b.w)/2 + gapX - math.Abs(a.x-b.x), (a.h+b.h)/2 + gapY - math.Abs(a.y-b.y)
}
