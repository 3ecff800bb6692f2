package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"patternhub/internal/web/operation"
)

// proxies holds the trusted proxies, whose headers name the client's address.
type proxies struct {
	trusted    []netip.Prefix
	log        *slog.Logger
	unreadable sync.Once // logs once that a proxy does not name the client
}

// address returns the client's address. If the connection comes from a trusted proxy, that is the last
// address in the forwarded header that is not a trusted proxy's; otherwise it is the connection's. The
// headers of other connections are ignored, since anyone may send them.
func (p *proxies) address(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	// An IPv4 address mapped to IPv6 is the same host.
	addr := peer.Addr().Unmap()
	if p.trusts(addr) {
		addr = p.client(r, addr)
	}
	return bucketAddress(addr)
}

// client returns the address that the trusted proxies name, or that of the last proxy whose entry is
// readable. X-Forwarded-For takes precedence, since most proxies write it and pass a client's own
// Forwarded header on unchanged.
func (p *proxies) client(r *http.Request, proxy netip.Addr) netip.Addr {
	name, read := "X-Forwarded-For", forwardedFor
	if len(r.Header[name]) == 0 {
		name, read = "Forwarded", forwarded
	}
	addr, hops := proxy, strings.Join(r.Header[name], ",")
	// From the right, because each proxy appends: an untrusted address may have invented everything
	// to its left.
	for more := true; more && p.trusts(addr); {
		var hop string
		hops, hop, more = cutLast(hops, ',')
		if hop == "" {
			continue // lists may have empty elements
		}
		next, ok := read(hop)
		if !ok {
			p.unreadable.Do(func() {
				p.log.WarnContext(r.Context(), "a trusted proxy's header does not name the client: all clients behind it share one budget",
					slog.String("proxy", addr.String()), slog.String("header", name), slog.String("value", operation.Shorten(hop)))
			})
			break
		}
		addr = next
	}
	return addr
}

// forwardedFor reads one element of X-Forwarded-For in any form that proxies write: an address
// alone, with a port, in brackets or in quotes.
func forwardedFor(hop string) (netip.Addr, bool) {
	if len(hop) > 1 && hop[0] == '"' && hop[len(hop)-1] == '"' {
		hop = strings.TrimSpace(hop[1 : len(hop)-1])
	}
	host := hop
	if inner, ok := strings.CutPrefix(hop, "["); ok {
		var port string
		if host, port, ok = strings.Cut(inner, "]"); !ok || (port != "" && !isPort(strings.TrimPrefix(port, ":"))) {
			return netip.Addr{}, false
		}
	}
	addr, err := netip.ParseAddr(host)
	if i := strings.LastIndexByte(host, ':'); err != nil && i > 0 && host == hop && isPort(host[i+1:]) {
		addr, err = netip.ParseAddr(host[:i])
	}
	// A zone is the proxy's own name for one of its networks.
	return addr.Unmap().WithZone(""), err == nil
}

// isPort reports whether a string is a port, or the name that RFC 7239 allows in its place.
func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil || (len(s) > 1 && s[0] == '_')
}

// forwarded reads one element of Forwarded (RFC 7239): pairs separated by semicolons, of which "for"
// names the client. ok is false if "for" is missing, repeated, "unknown", or an obfuscated name instead
// of an address, since such names change from request to request.
func forwarded(hop string) (addr netip.Addr, ok bool) {
	for more := true; more; {
		var pair string
		hop, pair, more = cutLast(hop, ';')
		name, value, _ := strings.Cut(pair, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "for") {
			continue
		}
		if ok {
			return addr, false
		}
		if addr, ok = forwardedFor(strings.TrimSpace(value)); !ok {
			return addr, false
		}
	}
	return addr, ok
}

// cutLast cuts s at the last separator outside quotes; more reports whether there was one. It searches
// from the right, so that an open quote in the client's part cannot hide what a proxy appended.
func cutLast(s string, separator byte) (before, after string, more bool) {
	quoted := false
	for i := len(s) - 1; i >= 0; i-- {
		switch {
		case s[i] == '"':
			// A quote after an odd number of backslashes belongs to the text.
			slashes := len(s[:i]) - len(strings.TrimRight(s[:i], `\`))
			quoted = quoted != (slashes%2 == 0)
		case s[i] == separator && !quoted:
			return s[:i], strings.TrimSpace(s[i+1:]), true
		}
	}
	return "", strings.TrimSpace(s), false
}

// trusts reports whether an address is a trusted proxy's.
func (p *proxies) trusts(addr netip.Addr) bool {
	for _, network := range p.trusted {
		if network.Contains(addr) {
			return true
		}
	}
	return false
}

// bucketAddress returns the network whose bucket pays: an IPv6 host owns 2^64 addresses.
func bucketAddress(addr netip.Addr) string {
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
