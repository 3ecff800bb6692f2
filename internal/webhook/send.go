package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"patternhub/internal/content"
)

const (
	// attemptLimit bounds one attempt: receivers should answer first and do their work afterwards.
	attemptLimit = 15 * time.Second
	// dialLimit and handshakeLimit are parts of attemptLimit.
	dialLimit, handshakeLimit = 5 * time.Second, 5 * time.Second
	// maxRead bounds how much of an answer is read, so that its connection can be reused.
	maxRead = 64 << 10
	// maxExcerpt is the number of bytes of an answer that the log stores.
	maxExcerpt = 1000
	// maxHeader bounds the headers of an answer.
	maxHeader = 32 << 10
)

// newClient returns the client for all deliveries.
// A redirect counts as a failed attempt: following it would bypass the check of the address. One
// idle connection per host is enough for a receiver of occasional changes.
func newClient(allowPrivate bool, roots *tls.Config) *http.Client {
	dialer := &net.Dialer{Timeout: dialLimit}
	if !allowPrivate {
		dialer.Control = guard
	}
	return &http.Client{
		Timeout: attemptLimit,
		Transport: &http.Transport{
			Proxy:       nil, // a proxy would dial for us, unguarded
			DialContext: dialer.DialContext, TLSClientConfig: roots, TLSHandshakeTimeout: handshakeLimit,
			DisableCompression: true, MaxResponseHeaderBytes: maxHeader,
			MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// outcome is the result of one attempt.
type outcome struct {
	attempt content.WebhookAttempt
	// wait is the pause that Retry-After requests.
	wait time.Duration
}

// delivered reports whether the receiver has accepted the delivery, with any status from 200 to 299.
func (o *outcome) delivered() bool { return o.attempt.StatusCode/100 == 2 }

// gone reports whether the receiver wants no more deliveries, ever.
func (o *outcome) gone() bool { return o.attempt.StatusCode == http.StatusGone }

// attempt sends a delivery once, and first makes its body if there is none yet.
// It returns no error: a failure is in the outcome, with a message for the owner of the endpoint. A
// body that cannot be made is such a failure too. Otherwise its owner would not see it, and later
// deliveries of the entry would wait forever.
func (d *Dispatcher) attempt(ctx context.Context, e *content.WebhookEndpoint, w *content.WebhookDelivery) outcome {
	begun := time.Now()
	out := outcome{attempt: content.WebhookAttempt{At: d.opts.Now().UTC().Truncate(time.Millisecond)}}
	reason := ""
	if err := d.prepare(ctx, e, w); err != nil {
		reason = payloadFailure(err)
		d.opts.Logger.WarnContext(ctx, "a webhook payload cannot be made", "delivery", w.Key, "error", err)
	} else if err := d.post(ctx, e, w, d.opts.Now(), &out); err != nil {
		reason = explain(err)
	}
	out.attempt.Milliseconds = int(time.Since(begun).Milliseconds())
	if reason != "" {
		out.attempt.Error = &reason
	}
	return out
}

// post sends the request and fills in the outcome. The signature has the time of the attempt, so
// that receivers can refuse old ones.
func (d *Dispatcher) post(ctx context.Context, e *content.WebhookEndpoint, w *content.WebhookDelivery, at time.Time, out *outcome) error {
	// The endpoint may have been written by a release that allowed more.
	if err := CheckURL(e.URL, d.opts.AllowPrivate); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, strings.NewReader(*w.Body))
	if err != nil {
		return fmt.Errorf("build request: %w", err)
	}
	signature, err := sign(e.Secrets, w.Message(), at, []byte(*w.Body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "patternhub-webhooks")
	req.Header.Set(standardwebhooks.HeaderWebhookID, w.Message())
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	resp, err := d.client.Do(req)
	if err != nil {
		return err //nolint:wrapcheck // explain turns it into a message
	}
	defer resp.Body.Close()
	out.attempt.StatusCode = resp.StatusCode
	out.wait = retryAfter(resp.Header.Get("Retry-After"), at)
	// An answer that cannot be read does not change its status.
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxRead))
	if len(text) > 0 {
		shown := excerpt(text)
		out.attempt.Response = &shown
	}
	return nil
}

// sign returns the signatures by all secrets that have not ended, the current one first. They are
// separated by spaces in one header, as Standard Webhooks specifies; a receiver accepts if it knows
// one of the secrets.
func sign(secrets []content.WebhookSecret, id string, at time.Time, body []byte) (string, error) {
	var out []string
	for _, s := range secrets {
		if s.EndsAt != nil && !at.Before(*s.EndsAt) {
			continue
		}
		hook, err := standardwebhooks.NewWebhook(s.Value)
		if err != nil {
			return "", fmt.Errorf("read secret: %w", err)
		}
		signature, err := hook.Sign(id, at, body)
		if err != nil {
			return "", fmt.Errorf("sign: %w", err)
		}
		out = append(out, signature)
	}
	return strings.Join(out, " "), nil
}

// retryAfter parses either form of the header, and returns at most maxWait. It returns 0 for times
// in the past and for anything else.
func retryAfter(v string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(v); err == nil && n > 0 {
		return min(time.Duration(min(n, int(maxWait/time.Second)))*time.Second, maxWait)
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(0, at.Sub(now)), maxWait)
	}
	return 0
}

// explain returns the reason for a request without an answer. It does not reveal the addresses that
// a name resolves to.
func explain(err error) string {
	var ours *content.Error
	var unknown *net.DNSError
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &ours):
		return ours.Message
	case errors.Is(err, errPrivate):
		return errPrivate.Error()
	case errors.As(err, &unknown):
		return "the name of the host cannot be resolved"
	case errors.As(err, &certificate):
		return "the certificate of the host is not valid"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	}
	return "the connection failed"
}

// excerpt returns the beginning of an answer, in whole characters.
func excerpt(text []byte) string {
	s := strings.ToValidUTF8(string(text[:min(len(text), maxExcerpt)]), "")
	for len(s) > 0 && !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}
