package oidc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"

	"patternhub/internal/content"
)

// Settings describes one provider.
type Settings struct {
	// Name is in the address to which the provider returns: /sign-in/back/NAME.
	Name  string `json:"name"`
	Label string `json:"label"` // for people
	// Issuer is the address of the provider, exactly as it states it.
	Issuer       string `json:"issuer"`
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
	// Scopes are asked for besides openid, profile and email.
	Scopes []string `json:"scopes"`
	// Claim is the claim that decides the role; Roles maps its values to roles.
	Claim string                        `json:"claim"`
	Roles map[string]content.AccessRole `json:"roles"`
}

// maxFile bounds the file of settings.
const maxFile = 1 << 20

// nameForm is the form of the name of a provider. The name is a part of the addresses of the sign-in
// pages, so it needs no escaping.
var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,30}$`)

// Load reads the settings of providers from a file: a JSON array. Errors name the provider and the field,
// and contain no secret. Without a name there are no providers.
func Load(name string) ([]Settings, error) {
	if name == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the providers: %w", err)
	}
	return Parse(raw)
}

// Parse reads the settings of providers, see Load.
func Parse(raw []byte) ([]Settings, error) {
	if len(raw) > maxFile {
		return nil, fmt.Errorf("read the providers: the file has more than %d bytes", maxFile)
	}
	var list []Settings
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("read the providers: want a JSON array of objects with name, label, issuer, clientId, clientSecret, scopes, claim and roles: %w", err)
	}
	names := map[string]bool{}
	for i := range list {
		s := &list[i]
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("provider %d: %w", i+1, err)
		}
		if names[s.Name] {
			return nil, fmt.Errorf("provider %d: the name %q is taken", i+1, s.Name)
		}
		names[s.Name] = true
	}
	return list, nil
}

// check returns an error unless the settings are complete, and brings the roles into the form of the code.
func (s *Settings) check() error {
	if !nameForm.MatchString(s.Name) {
		return fmt.Errorf("the name %q must have lower-case letters, digits and hyphens only, at most 31", s.Name)
	}
	if s.Label == "" {
		s.Label = s.Name
	}
	u, err := url.Parse(s.Issuer)
	if err != nil || u.Host == "" || u.Scheme != "https" && !loopback(u) {
		return fmt.Errorf("%s: the issuer must be an address that starts with https://", s.Name)
	}
	if s.ClientID == "" {
		return fmt.Errorf("%s: clientId is missing", s.Name)
	}
	if s.Claim == "" || len(s.Roles) == 0 {
		return fmt.Errorf("%s: claim and roles are missing: nobody could sign in", s.Name)
	}
	for value, role := range s.Roles {
		upper := content.AccessRole(strings.ToUpper(string(role)))
		if !content.RoleAdmin.Covers(upper) {
			return fmt.Errorf("%s: the role %q of %q must be reader, previewer, author, publisher or admin", s.Name, role, value)
		}
		s.Roles[value] = upper
	}
	return nil
}

// loopback reports whether an address is of this machine, where a provider may run without https for tests.
func loopback(u *url.URL) bool {
	return u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
}
