package mongodb

import (
	"context"
	"net"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// dialer opens connections for the driver. It reads the length of a reply on its own before the rest, and
// sets the deadline of a command once for writing and once for reading; a conn makes one system call and one
// timer of these.
type dialer struct{ options.ContextDialer }

// DialContext implements options.ContextDialer.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := d.ContextDialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err //nolint:wrapcheck // the driver wraps it
	}
	return &conn{Conn: c, buffer: make([]byte, replySize)}, nil
}

// replySize is the size of replies that are read with one call.
const replySize = 8 << 10

// conn is a connection whose short reads are buffered. Like the driver, it is used by one goroutine at a time.
type conn struct {
	net.Conn

	buffer   []byte
	unread   []byte // of buffer
	deadline time.Time
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.unread) == 0 {
		if len(p) >= len(c.buffer) {
			return c.Conn.Read(p) //nolint:wrapcheck // io.EOF must stay itself
		}
		n, err := c.Conn.Read(c.buffer)
		if n == 0 {
			return 0, err //nolint:wrapcheck // as above
		}
		c.unread = c.buffer[:n]
	}
	n := copy(p, c.unread)
	c.unread = c.unread[n:]
	return n, nil
}

// SetReadDeadline implements net.Conn. It also sets the deadline of writes, which the driver sets itself
// before each.
func (c *conn) SetReadDeadline(t time.Time) error { return c.SetDeadline(t) }

// SetWriteDeadline implements net.Conn. It also sets the deadline of reads, as SetReadDeadline does.
func (c *conn) SetWriteDeadline(t time.Time) error { return c.SetDeadline(t) }

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	if t.Equal(c.deadline) {
		return nil
	}
	c.deadline = t
	return c.Conn.SetDeadline(t) //nolint:wrapcheck // the driver wraps it
}
