package local

import "syscall"

const terminateSignal = syscall.SIGTERM

// attributes make the child die with its parent, even when that is killed, and keep it out of
// the terminal's group: Ctrl-C is for the service, which ends mongod after its last request.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// platformArguments keep a socket file out of the shared temporary folder.
func platformArguments() []string { return []string{"--nounixsocket"} }
