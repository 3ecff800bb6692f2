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

	"patternhub/content"
)

const (
	// attemptLimit bounds one attempt: receivers should answer first and work afterwards.
	attemptLimit = 15 * time.Second
	// dialLimit and handshakeLimit are parts of it.
	dialLimit, handshakeLimit = 5 * time.Second, 5 * time.Second
	// maxRead bounds what is read of an answer, so that its connection can be used again.
	maxRead = 64 << 10
	// maxExcerpt is how much of an answer the log keeps.
	maxExcerpt = 1000
	// maxHeader bounds the headers of an answer.
	maxHeader = 32 << 10
)

// newClient makes the client that all deliveries go through.
// Redirects are answers like any other and count as a failure: following one would lead past the
// checks of the address. One idle connection for each host is enough for a receiver that gets
// changes now and then.
func newClient(allowPrivate bool, roots *tls.Config) *http.Client {
	dialer := &net.Dialer{Timeout: dialLimit}
	if !allowPrivate {
		dialer.Control = guard
	}
	return &http.Client{
		Timeout: attemptLimit,
		Transport: &http.Transport{
			Proxy:       nil, // a proxy would dial in our stead
			DialContext: dialer.DialContext, TLSClientConfig: roots, TLSHandshakeTimeout: handshakeLimit,
			DisableCompression: true, MaxResponseHeaderBytes: maxHeader,
			MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// outcome is what came of one attempt.
type outcome struct {
	attempt content.WebhookAttempt
	// wait is what Retry-After asked for.
	wait time.Duration
}

func (o *outcome) delivered() bool { return o.attempt.StatusCode/100 == 2 }

func (o *outcome) gone() bool { return o.attempt.StatusCode == http.StatusGone }

// attempt sends a delivery once.
// It never fails by itself: what goes wrong is in the outcome, in words for the owner of the
// endpoint.
func (d *Dispatcher) attempt(ctx context.Context, e *content.WebhookEndpoint, w *content.WebhookDelivery) outcome {
	at := d.opts.Now()
	begun := time.Now()
	out := outcome{attempt: content.WebhookAttempt{At: at.UTC().Truncate(time.Millisecond)}}
	err := d.post(ctx, e, w, at, &out)
	out.attempt.Milliseconds = int(time.Since(begun).Milliseconds())
	if err != nil {
		reason := explain(err)
		out.attempt.Error = &reason
	}
	return out
}

// post fills in what came back. The time in the signature is that of the attempt, so that receivers
// can refuse old ones.
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
		return err //nolint:wrapcheck // explain says it in words
	}
	defer resp.Body.Close()
	out.attempt.StatusCode = resp.StatusCode
	out.wait = retryAfter(resp.Header.Get("Retry-After"), at)
	// What cannot be read does not change what the status said.
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxRead))
	if len(text) > 0 {
		shown := excerpt(text)
		out.attempt.Response = &shown
	}
	return nil
}

// sign signs with every secret that has not ended, the current one first.
// Several signatures stand in one header with blanks between them, as Standard Webhooks has it; a
// receiver accepts when it knows one.
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

// retryAfter reads the header in both of its forms; 0 when it says nothing.
// What is in the past or not a time is nothing. It is cut to maxWait.
func retryAfter(v string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(v); err == nil && n > 0 {
		return min(time.Duration(min(n, int(maxWait/time.Second)))*time.Second, maxWait)
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(0, at.Sub(now)), maxWait)
	}
	return 0
}

// explain says why no answer came, without what only the hub should know: the addresses that a
// name leads to.
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

// excerpt keeps the beginning of an answer, whole characters only.
func excerpt(text []byte) string {
	s := strings.ToValidUTF8(string(text[:min(len(text), maxExcerpt)]), "")
	for len(s) > 0 && !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}
