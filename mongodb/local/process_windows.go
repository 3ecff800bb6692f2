package local

import "syscall"

// terminateSignal is refused by Windows for another process, which terminate answers by a kill;
// the journal makes that safe.
const terminateSignal = syscall.SIGTERM

// attributes keep the console's Ctrl-C from the child.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

func platformArguments() []string { return nil }
