package passkey

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"patternhub/internal/auth"
	"patternhub/internal/content"
)

// BeginRegistration returns a challenge for a new passkey of a signed-in person.
func (p *Passkeys) BeginRegistration(ctx context.Context, origin string, who *content.Person) (*Challenge, error) {
	keys, err := p.store.PasskeysOf(ctx, who.Key)
	if err != nil {
		return nil, fmt.Errorf("read passkeys: %w", err)
	}
	if len(keys) >= content.MaxPasskeys {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("A person has at most %d passkeys: remove one first.", content.MaxPasskeys))
	}
	user, err := ownerWith(who, keys...)
	if err != nil {
		return nil, err
	}
	party, err := p.party(origin)
	if err != nil {
		return nil, err
	}
	// The browser refuses an authenticator that has a passkey of the person already.
	options, data, err := party.BeginRegistration(user, webauthn.WithExclusions(webauthn.Credentials(user.credentials).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("make challenge: %w", err)
	}
	return p.challenge(ctx, purposeRegister, who.Key, options.Response, data)
}

// FinishRegistration stores the passkey with which a person has answered a challenge.
func (p *Passkeys) FinishRegistration(ctx context.Context, origin string, who *content.Person, r *Response) error {
	data, err := p.take(ctx, purposeRegister, who.Key, r.Token)
	if err != nil {
		return err
	}
	parsed, perr := protocol.ParseCredentialCreationResponseBytes(r.Credential)
	if data == nil || perr != nil {
		return refused(perr)
	}
	party, err := p.party(origin)
	if err != nil {
		return err
	}
	credential, err := party.CreateCredential(&owner{person: who}, *data, parsed)
	if err != nil {
		return refused(err)
	}
	raw, err := json.Marshal(credential)
	if err != nil {
		return fmt.Errorf("store passkey: %w", err)
	}
	name := auth.CleanName(r.Name)
	if name == "" {
		name = "Passkey"
	}
	made := &content.Passkey{Key: keyOf(credential.ID), PersonKey: who.Key, Name: name, Credential: raw, CreatedAt: p.now().UTC()}
	err = p.store.PutPasskey(ctx, made)
	if content.CodeOf(err) == content.Conflict {
		return refused(err) // another person has it, or the same
	}
	if err != nil {
		return fmt.Errorf("store passkey: %w", err)
	}
	return nil
}
