//go:build unix && !linux

package local

import "syscall"

const terminateSignal = syscall.SIGTERM

// attributes puts the child into its own process group, so that Ctrl-C reaches only the service, which
// stops mongod after its last request. These systems cannot make a child die with its parent.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// platformArguments prevents a socket file in the shared temporary folder.
func platformArguments() []string { return []string{"--nounixsocket"} }
