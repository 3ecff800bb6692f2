//go:build unix && !linux

package local

import "syscall"

const terminateSignal = syscall.SIGTERM

// attributes keep the child out of the terminal's group: Ctrl-C is for the service, which ends
// mongod after its last request. These systems have no word for dying with the parent.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// platformArguments keep a socket file out of the shared temporary folder.
func platformArguments() []string { return []string{"--nounixsocket"} }
