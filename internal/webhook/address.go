package webhook

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"patternhub/internal/content"
)

// maxURL bounds an endpoint's address, which logs show whole.
const maxURL = 2000

// CheckURL returns a BadUserInput for an address that can never be an endpoint. Whether a host name
// resolves to a private address is checked at each dial, since names change. Plain HTTP and private
// addresses are allowed together: both are for tests.
func CheckURL(raw string, allowPrivate bool) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || len(raw) > maxURL || u.Opaque != "" || u.Hostname() == "":
		return content.Fault(content.BadUserInput, "The address must be a URL such as https://example.org/hook, of at most 2,000 characters.")
	case u.Scheme != "https" && (u.Scheme != "http" || !allowPrivate):
		return content.Fault(content.BadUserInput, "The address must begin with https://.")
	case u.User != nil:
		return content.Fault(content.BadUserInput, "The address must not carry a user or a password; deliveries are signed.")
	case u.Fragment != "" || strings.HasSuffix(raw, "#"):
		return content.Fault(content.BadUserInput, "The address must not have a fragment.")
	case strings.ContainsFunc(u.Hostname(), func(r rune) bool { return r <= ' ' || r > '~' || r == '%' }):
		return content.Fault(content.BadUserInput, "The host must be written in ASCII, without a zone.")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return content.Fault(content.BadUserInput, "The port must be from 1 to 65535.")
		}
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil && numeric(u.Hostname()) {
		return content.Fault(content.BadUserInput, "The host is a number but not an IP address in its usual form.")
	}
	if err == nil && !allowPrivate && !public(ip) {
		return content.Fault(content.BadUserInput, "The host is a private or reserved address.")
	}
	return nil
}

// numeric reports whether a resolver could read a host as an IPv4 address in one of its unusual
// forms: 2130706433, 0x7f.1, 0177.0.0.1, 127.1.
func numeric(host string) bool {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := strings.ToLower(labels[len(labels)-1])
	if last == "" {
		return true
	}
	digits := strings.TrimPrefix(last, "0x")
	for _, r := range digits {
		if (r < '0' || r > '9') && (digits == last || r < 'a' || r > 'f') {
			return false
		}
	}
	return true
}

// reserved lists the prefixes that net/netip does not call private but that are not addresses of
// the public Internet; see the IANA special-purpose registries.
// They are 0/8 (this network), carrier-grade NAT, protocol assignments, the three for
// documentation, 6to4 relays, benchmarks, 240/4, and for IPv6 protocol assignments and
// documentation.
func reserved() []string {
	return []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"2001::/23", "2001:db8::/32", "3fff::/20",
	}
}

// embedded lists prefixes of IPv6 addresses that contain an IPv4 address, with the byte where it
// begins: the IPv4-compatible form, NAT64 and 6to4. The rules of IPv4 apply to the address inside.
func embedded() map[string]int {
	return map[string]int{"::/96": 12, "64:ff9b::/96": 12, "2002::/16": 2}
}

// public reports whether an address belongs to the public Internet. An IPv4 address that is mapped
// into IPv6 is checked as IPv4. Unknown ranges are not public.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if ip.Zone() != "" || !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return false
	}
	for _, r := range reserved() {
		if netip.MustParsePrefix(r).Contains(ip) {
			return false
		}
	}
	if ip.Is4() {
		return true
	}
	for prefix, at := range embedded() {
		if netip.MustParsePrefix(prefix).Contains(ip) {
			raw := ip.As16()
			return public(netip.AddrFrom4([4]byte(raw[at : at+4])))
		}
	}
	return netip.MustParsePrefix("2000::/3").Contains(ip) // all that is allocated so far
}

// errPrivate is the reason of a refused dial.
var errPrivate = errors.New("the name resolves to a private or reserved address")

// guard is a net.Dialer's Control. It checks the address that is really dialled, after names are
// resolved, so that a name cannot change between the check and the connection. It is called for
// each address that is tried and for each connection.
func guard(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("read address: %w", err)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return fmt.Errorf("read address: %w", err)
	}
	if !public(ip) {
		return errPrivate
	}
	return nil
}
