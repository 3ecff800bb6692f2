package local

// Running returns the address at which a server was last started on a data folder; false if none ever
// was. The server may have ended since.
func Running(dir string) (uri string, ok bool) {
	port := storedPort(dir)
	return (&Server{port: port}).URI(), port != 0
}
