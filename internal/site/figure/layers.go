package figure

import (
	"cmp"
	"math"
	"slices"
)

// stack lays boxes out in rows, so that edges run downwards where the graph has no circles. Rows
// that are wider than the picture continue below.
func stack(boxes []box, lines []line, width float64) {
	rows := rowsOf(len(boxes), lines)
	near := neighbours(len(boxes), lines)
	place := func(row []int) {
		x := 0.0
		for _, i := range row {
			boxes[i].x = x + boxes[i].w/2
			x += boxes[i].w + gapX
		}
		for _, i := range row {
			boxes[i].x -= (x - gapX) / 2
		}
	}
	for _, row := range rows {
		place(row)
	}
	// Each row is sorted by where its neighbours are, down and up again, a few times.
	// The number is even, so that it goes as often down as up, and fixed, so that equal graphs look equal.
	for pass := range 8 {
		for r := range rows {
			row := rows[r]
			if pass%2 == 1 {
				row = rows[len(rows)-1-r]
			}
			// The means are taken before any box of the row moves, so all are of the same picture.
			middle := map[int]float64{}
			for _, i := range row {
				middle[i] = mean(boxes, near[i], boxes[i].x)
			}
			slices.SortStableFunc(row, func(a, b int) int { return cmp.Compare(middle[a], middle[b]) })
			place(row)
		}
	}
	y := 0.0
	for _, row := range rows {
		for _, piece := range wrap(boxes, row, width) {
			place(piece)
			for _, i := range piece {
				boxes[i].y = y
			}
			y += boxHeight + gapY
		}
		y += 22
	}
	for range 4 {
		for _, row := range rows {
			straighten(boxes, row, near)
		}
	}
}

// rowsOf returns the nodes by the length of the longest way to them. Edges that close a circle do
// not count.
func rowsOf(n int, lines []line) [][]int {
	next := make([][]int, n)
	for _, l := range lines {
		next[l.from] = append(next[l.from], l.to)
	}
	const (
		unseen = iota
		open
		done
	)
	state, order := make([]int, n), make([]int, 0, n)
	forward := make([][]int, n)
	var visit func(int)
	visit = func(i int) {
		state[i] = open
		for _, j := range next[i] {
			if state[j] != open {
				forward[i] = append(forward[i], j)
			}
			if state[j] == unseen {
				visit(j)
			}
		}
		state[i] = done
		order = append(order, i)
	}
	for i := range n {
		if state[i] == unseen {
			visit(i)
		}
	}
	// In the reverse of the order in which visits end, a node comes after all that lead to it.
	rank, deepest := make([]int, n), 0
	for _, i := range slices.Backward(order) {
		for _, j := range forward[i] {
			rank[j] = max(rank[j], rank[i]+1)
			deepest = max(deepest, rank[j])
		}
	}
	rows := make([][]int, deepest+1)
	for i, r := range rank {
		rows[r] = append(rows[r], i)
	}
	return rows
}

// neighbours returns the nodes that share an edge with each node.
func neighbours(n int, lines []line) [][]int {
	near := make([][]int, n)
	for _, l := range lines {
		near[l.from], near[l.to] = append(near[l.from], l.to), append(near[l.to], l.from)
	}
	return near
}

// mean returns the mean place of some boxes, or another place if there are none.
func mean(boxes []box, of []int, otherwise float64) float64 {
	if len(of) == 0 {
		return otherwise
	}
	sum := 0.0
	for _, i := range of {
		sum += boxes[i].x
	}
	return sum / float64(len(of))
}

// wrap breaks a row into pieces that are not wider than a width.
func wrap(boxes []box, row []int, width float64) [][]int {
	var out [][]int
	// Infinity opens the first piece, so an empty row has none. A box that is too wide has a piece of its own.
	x := math.Inf(1)
	for _, i := range row {
		if x+boxes[i].w > width-2*gapX {
			out, x = append(out, nil), 0
		}
		out[len(out)-1] = append(out[len(out)-1], i)
		x += boxes[i].w + gapX
	}
	return out
}

// straighten moves a box towards its neighbours as far as the others of its row leave room.
func straighten(boxes []box, row []int, near [][]int) {
	for at, i := range row {
		to := mean(boxes, near[i], boxes[i].x)
		if at > 0 && boxes[row[at-1]].y == boxes[i].y {
			before := boxes[row[at-1]]
			to = max(to, before.x+(before.w+boxes[i].w)/2+gapX)
		}
		if at+1 < len(row) && boxes[row[at+1]].y == boxes[i].y {
			after := boxes[row[at+1]]
			to = min(to, after.x-(after.w+boxes[i].w)/2-gapX)
		}
		boxes[i].x = to
	}
}

// route returns the path of an edge from the rim of one box to the rim of another, with an arrow at
// its end if it has a direction.
func route(from, to box, layered, arrow bool) []step {
	if layered && to.y-from.y > boxHeight {
		y1, y2 := math.Round(from.y+from.h/2), math.Round(to.y-to.h/2)
		half := math.Round((y1 + y2) / 2)
		x1, x2 := math.Round(from.x), math.Round(to.x)
		return head([]step{{'M', []float64{x1, y1}}, {'C', []float64{x1, half, x2, half, x2, y2}}}, 0, 1, arrow)
	}
	dx, dy := to.x-from.x, to.y-from.y
	length := math.Hypot(dx, dy)
	// Two boxes at one place have no direction between them.
	if length == 0 {
		return []step{{'M', []float64{from.x, from.y}}}
	}
	x1, y1 := rim(from, dx, dy)
	x2, y2 := rim(to, -dx, -dy)
	return head([]step{{'M', []float64{x1, y1}}, {'L', []float64{x2, y2}}}, dx/length, dy/length, arrow)
}

// head adds an arrow in a direction to a path.
func head(path []step, dx, dy float64, arrow bool) []step {
	if !arrow {
		return path
	}
	const long, wide = 8, 4
	ax, ay := math.Round(-dx*long-dy*wide), math.Round(-dy*long+dx*wide)
	bx, by := math.Round(-dx*long+dy*wide), math.Round(-dy*long-dx*wide)
	return append(path, step{'m', []float64{ax, ay}}, step{'l', []float64{-ax, -ay}}, step{'l', []float64{bx, by}})
}

// rim returns where a ray from the middle of a box leaves it.
func rim(b box, dx, dy float64) (x, y float64) {
	share := math.Inf(1)
	if dx != 0 {
		share = min(share, b.w/2/math.Abs(dx))
	}
	if dy != 0 {
		share = min(share, b.h/2/math.Abs(dy))
	}
	return math.Round(b.x + dx*share), math.Round(b.y + dy*share)
}
