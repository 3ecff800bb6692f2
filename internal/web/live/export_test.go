package live

// ParseMessage reads a socket's message.
func ParseMessage(raw []byte) (kind, id string, payload []byte, err error) {
	m, err := parseMessage(raw, 64)
	return m.Type, m.ID, m.Payload, err
}
