// Package diagram draws Mermaid diagrams as SVG. Authors may write anything, so the script that draws
// runs in a process of its own, with limits of time and memory, and what it returns passes a list of
// the elements and attributes that a picture needs.
//
// A Drawer draws one diagram at a time, keeps pictures in a Store, and remembers failures. Describe
// says in words what a diagram shows, without drawing it.
package diagram
