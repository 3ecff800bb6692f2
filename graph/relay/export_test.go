package relay

// EncodeCursor and DecodeCursor are the two ways between positions and cursors.
var EncodeCursor, DecodeCursor = encodeCursor, decodeCursor
