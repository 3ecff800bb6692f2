// Package live serves what outlasts one answer: WebSockets that speak graphql-transport-ws, and
// event streams. It counts both, by address and by key, and ends them when the server drains or
// when their key is revoked.
package live
