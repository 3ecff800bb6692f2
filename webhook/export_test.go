package webhook

import "net/netip"

// Public lets tests ask which addresses are dialled.
func Public(ip netip.Addr) bool { return public(ip) }

// Guard lets tests ask what a dial does.
func Guard(address string) error { return guard("tcp", address, nil) }

// Lease is how long a delivery is one replica's.
const Lease = lease
