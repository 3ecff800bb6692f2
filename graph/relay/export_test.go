package relay

// EncodeCursor and DecodeCursor convert between positions and cursors.
var EncodeCursor, DecodeCursor = encodeCursor, decodeCursor
