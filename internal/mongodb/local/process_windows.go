package local

import "syscall"

// terminateSignal cannot be sent to another process on Windows; terminate therefore kills the process
// instead, which is safe because of the journal.
const terminateSignal = syscall.SIGTERM

// attributes prevents the console's Ctrl-C from reaching the child.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// platformArguments lists arguments that mongod needs on this system alone.
func platformArguments() []string { return nil }
