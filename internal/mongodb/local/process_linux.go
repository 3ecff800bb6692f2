package local

import "syscall"

const terminateSignal = syscall.SIGTERM

// attributes makes the child die with its parent, even if that is killed. It puts the child into its
// own process group, so that Ctrl-C reaches only the service, which stops mongod after its last
// request.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// platformArguments prevents a socket file in the shared temporary folder.
func platformArguments() []string { return []string{"--nounixsocket"} }
