package card

import (
	"image"

	"golang.org/x/image/vector"
)

// unit is the side of the square in which the mark is defined.
const unit = 32

// nodes are the circles of the mark, three nodes of a network, and their radius.
var (
	nodes  = [3][2]float32{{16, 6}, {6, 25}, {26, 25}}
	radius = float32(5.5)
	half   = float32(1.6) // of the width of a line
)

// mark draws the mark of the site into a square.
func (c *canvas) mark(into image.Rectangle) {
	scale := float32(into.Dx()) / unit
	r := vector.NewRasterizer(c.mask.Rect.Dx(), c.mask.Rect.Dy())
	at := func(x, y float32) (float32, float32) {
		return float32(into.Min.X) + x*scale, float32(into.Min.Y) + y*scale
	}
	// The edges are drawn apart from the nodes, since parts of one path that overlap may cancel each other out.
	for i, from := range nodes {
		edge(r, at, from, nodes[(i+1)%len(nodes)])
	}
	r.Draw(c.mask, c.mask.Rect, image.Opaque, image.Point{})
	r.Reset(c.mask.Rect.Dx(), c.mask.Rect.Dy())
	for _, n := range nodes {
		circle(r, at, n)
	}
	r.Draw(c.mask, c.mask.Rect, image.Opaque, image.Point{})
	c.take(accent)
}

// place maps a point of the mark to the picture.
type place func(x, y float32) (float32, float32)

// edge adds a line, as a strip across which its direction does not change.
func edge(r *vector.Rasterizer, at place, from, to [2]float32) {
	dx, dy := to[0]-from[0], to[1]-from[1]
	// The longest side of the mark is 21.5 units long; a strip that is a little wider or narrower is fine.
	nx, ny := -dy/20*half, dx/20*half
	r.MoveTo(at(from[0]+nx, from[1]+ny))
	r.LineTo(at(to[0]+nx, to[1]+ny))
	r.LineTo(at(to[0]-nx, to[1]-ny))
	r.LineTo(at(from[0]-nx, from[1]-ny))
	r.ClosePath()
}

// circle adds a circle of four curves.
func circle(r *vector.Rasterizer, at place, n [2]float32) {
	const k = 0.5523 // makes a cubic curve a quarter of a circle
	x, y, c := n[0], n[1], radius*k
	px, py := at(x+radius, y)
	r.MoveTo(px, py)
	for _, q := range [4][6]float32{
		{radius, c, c, radius, 0, radius},
		{-c, radius, -radius, c, -radius, 0},
		{-radius, -c, -c, -radius, 0, -radius},
		{c, -radius, radius, -c, radius, 0},
	} {
		ax, ay := at(x+q[0], y+q[1])
		bx, by := at(x+q[2], y+q[3])
		ex, ey := at(x+q[4], y+q[5])
		r.CubeTo(ax, ay, bx, by, ex, ey)
	}
	r.ClosePath()
}
