package live

import (
	"fmt"
	"slices"
	"strings"

	"patternhub/internal/web/run"
)

// initParams reads the payload of connection_init. Its keys are the names of the HTTP headers, at
// the top or below "headers", in any case.
type initParams struct {
	run.Credentials

	given   map[string]string // by lower-case name
	refused string            // the name and the fault to report
}

// credentialsOf adds the credentials in the payload of connection_init to those of the handshake and
// prefers them. A key that looks like a credential and is not understood is refused; other keys are
// ignored, since clients send data of their own.
func credentialsOf(handshake run.Credentials, payload map[string]any) (run.Credentials, string) {
	p := &initParams{Credentials: handshake, given: map[string]string{}}
	for name, value := range payload {
		if headers, ok := value.(map[string]any); ok && strings.EqualFold(name, "headers") {
			for name, value := range headers {
				p.take(name, value)
			}
			continue
		}
		p.take(name, value)
	}
	return p.Credentials, p.refused
}

// take reads one value.
func (p *initParams) take(name string, value any) {
	header := strings.ToLower(name)
	if !understood(header) {
		p.suspect(name, value)
		return
	}
	text, ok := value.(string)
	if !ok && value != nil {
		p.refuse(name, "is no string")
		return
	}
	if text == "" {
		return
	}
	if other, twice := p.given[header]; twice && other != text {
		p.refuse(name, "is given twice")
		return
	}
	p.given[header] = text
	switch header {
	case "authorization":
		if p.Token, ok = run.Bearer(text); !ok {
			p.refuse(name, `is not "Bearer phk_..."`)
		}
	case "x-perspective":
		p.Perspective = text
	case "x-preview-token":
		p.Preview = text
	case "x-session-ticket":
		p.Ticket = text
	}
}

// understood reports whether values under a name, in lower case, are read.
func understood(header string) bool {
	return slices.Contains([]string{"authorization", "x-perspective", "x-preview-token", "x-session-ticket"}, header)
}

// suspect looks for credentials under names that are not understood, at any depth. Empty values are
// ignored: a client without credentials sends them.
func (p *initParams) suspect(name string, value any) {
	switch value := value.(type) {
	case nil, bool:
		return
	case map[string]any:
		for inner, v := range value {
			if understood(strings.ToLower(inner)) {
				p.refuse(inner, `is read at the top and below "headers" only`)
			}
			p.suspect(inner, v)
		}
		return
	case []any:
		for _, v := range value {
			p.suspect(name, v)
		}
		return
	case string:
		if value == "" {
			return
		}
		if token, ok := run.Bearer(value); ok && token != "" || strings.HasPrefix(value, run.KeyPrefix) {
			p.refuse(name, "is not read")
			return
		}
	}
	if secretive(name) {
		p.refuse(name, "is not read")
	}
}

// maxParam bounds the name of a parameter in a close frame's reason.
const maxParam = 30

// refuse records what is wrong and what to do. Of several faults it keeps the one with the least
// name, since a map has no order.
func (p *initParams) refuse(name, why string) {
	if len(name) > maxParam {
		name = strings.ToValidUTF8(name[:maxParam], "")
	}
	if reason := fmt.Sprintf(`%q %s. Send {"Authorization": "Bearer phk_..."}.`, name, why); p.refused == "" || reason < p.refused {
		p.refused = reason
	}
}

// secretive reports whether clients send credentials under a name, or a perspective under another
// name than that of its header.
func secretive(name string) bool {
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	// A token against forged requests does not identify a sender.
	if strings.Contains(plain, "csrf") || strings.Contains(plain, "xsrf") {
		return false
	}
	if slices.Contains([]string{"auth", "xauth", "oauth", "oauth2", "key", "pass", "pwd", "pat", "sid", "session", "perspective", "preview"}, plain) {
		return true
	}
	return slices.ContainsFunc([]string{
		"authoriz", "authoris", "authent", "authkey", "token", "apikey", "accesskey", "privatekey", "jwt", "bearer", "password", "passwd",
		"passphrase", "secret", "credential", "cookie", "sessionid", "sessionkey",
	}, func(part string) bool { return strings.Contains(plain, part) })
}
