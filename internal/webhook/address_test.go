package webhook_test

import (
	"net/netip"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/webhook"
)

func TestCheckURL(t *testing.T) {
	for raw, tt := range map[string]struct{ public, private bool }{
		"https://example.org/hook":             {true, true},
		"https://example.org":                  {true, true},
		"https://example.org:8443/a?b=c":       {true, true},
		"https://xn--bcher-kva.example/":       {true, true},
		"https://1.1.1.1/":                     {true, true},
		"https://[2606:4700:4700::1111]/":      {true, true},
		"https://face.example/":                {true, true},
		"https://0xface.example/":              {true, true},
		"https://localhost/":                   {true, true}, // a name: checked at the dial
		"http://example.org/hook":              {false, true},
		"https://127.0.0.1/":                   {false, true},
		"https://10.1.2.3/":                    {false, true},
		"https://169.254.169.254/latest":       {false, true},
		"https://[::1]/":                       {false, true},
		"https://[::ffff:127.0.0.1]/":          {false, true},
		"https://[fe80::1]/":                   {false, true},
		"https://[64:ff9b::7f00:1]/":           {false, true},
		"":                                     {},
		"example.org/hook":                     {},
		"ftp://example.org/":                   {},
		"file:///etc/passwd":                   {},
		"https:///hook":                        {},
		"https:example.org":                    {},
		"https://user:pass@example.org/":       {},
		"https://user@example.org/":            {},
		"https://example.org/#part":            {},
		"https://example.org/#":                {},
		"https://example.org:0/":               {},
		"https://example.org:65536/":           {},
		"https://example.org:port/":            {},
		"https://2130706433/":                  {},
		"https://0x7f000001/":                  {},
		"https://0x7f.1/":                      {},
		"https://0177.0.0.1/":                  {},
		"https://127.1/":                       {},
		"https://127.0.0.1./":                  {},
		"https://1.2.3.4.5/":                   {},
		"https://exa\u24dcmple.org/":           {},
		"https://exa mple.org/":                {},
		"https://[fe80::1%25eth0]/":            {},
		"https://" + strings.Repeat("a", 2000): {},
	} {
		t.Run(raw[:min(len(raw), 40)], func(t *testing.T) {
			for allow, want := range map[bool]bool{false: tt.public, true: tt.private} {
				err := webhook.CheckURL(raw, allow)
				if (err == nil) != want || err != nil && content.CodeOf(err) != content.BadUserInput {
					t.Errorf("%s with private %v: %v", raw, allow, err)
				}
			}
		})
	}
}

func FuzzCheckURL(f *testing.F) {
	for _, seed := range []string{"https://example.org/", "https://[::ffff:7f00:1]:1/", "https://0x7f.1/", "http://a:b@c/#d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if err := webhook.CheckURL(raw, false); err == nil && webhook.CheckURL(raw, true) != nil {
			t.Errorf("%q is allowed with private addresses refused, and not with them allowed", raw)
		}
	})
}

func TestPublicAddresses(t *testing.T) {
	for address, want := range map[string]bool{
		"1.1.1.1": true, "93.184.216.34": true, "172.15.0.1": true, "172.32.0.1": true, "2606:4700:4700::1111": true, "2a00:1450:4001::8": true,
		"::ffff:8.8.8.8": true, "64:ff9b::808:808": true, "2002:808:808::1": true,
		"127.0.0.1": false, "127.255.255.254": false, "0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "172.16.0.1": false,
		"172.31.255.255": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "192.0.0.8": false, "192.0.2.1": false,
		"198.18.0.1": false, "198.51.100.1": false, "203.0.113.1": false, "192.88.99.1": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::127.0.0.1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false,
		"fe80::1": false, "fec0::1": false, "fc00::1": false, "fd12:3456::1": false, "ff02::1": false,
		"64:ff9b::7f00:1": false, "64:ff9b:1::1": false, "2002:7f00:1::1": false, "2002:a00:1::1": false, "2001::1": false, "2001:db8::1": false,
		"100::1": false, "4000::1": false, "3fff::1": false, "5f00::1": false,
	} {
		t.Run(address, func(t *testing.T) {
			if got := webhook.Public(netip.MustParseAddr(address)); got != want {
				t.Errorf("%s is public: %v", address, got)
			}
			if err := webhook.Guard(netip.AddrPortFrom(netip.MustParseAddr(address), 443).String()); (err == nil) != want {
				t.Errorf("a dial of %s: %v", address, err)
			}
		})
	}
	for _, address := range []string{"", "1.1.1.1", "name:443", "[fe80::1%eth0]:443"} {
		if webhook.Guard(address) == nil {
			t.Errorf("%q is dialled", address)
		}
	}
}
