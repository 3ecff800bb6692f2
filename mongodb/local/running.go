package local

// Running gives the address of the server that a data folder was last started with; false
// when it was never started. Whether it runs now, a connection tells.
func Running(dir string) (uri string, ok bool) {
	port := rememberedPort(dir)
	return (&Server{port: port}).URI(), port != 0
}
