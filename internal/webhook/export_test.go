package webhook

import "net/netip"

// Public reports which addresses may be dialled.
func Public(ip netip.Addr) bool { return public(ip) }

// Guard returns the error of a dial, nil for an allowed one.
func Guard(address string) error { return guard("tcp", address, nil) }

// Lease is the time that a delivery belongs to the replica that claimed it.
const Lease = lease
