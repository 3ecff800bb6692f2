package mongodb

import (
	"fmt"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// appendElement appends an element as the driver's encoder would, for the types of which conditions and
// pipelines consist. It uses no reflection for them, and the driver's encoder for all others.
func appendElement(b []byte, name string, v any) []byte {
	switch v := v.(type) {
	case nil:
		return bsoncore.AppendNullElement(b, name)
	case string:
		return bsoncore.AppendStringElement(b, name, v)
	case bool:
		return bsoncore.AppendBooleanElement(b, name, v)
	case int:
		if int(int32(v)) == v { //nolint:gosec // that is the question
			return bsoncore.AppendInt32Element(b, name, int32(v)) //nolint:gosec // it fits
		}
		return bsoncore.AppendInt64Element(b, name, int64(v))
	case int64:
		return bsoncore.AppendInt64Element(b, name, v)
	case float64:
		return bsoncore.AppendDoubleElement(b, name, v)
	case time.Time:
		return bsoncore.AppendDateTimeElement(b, name, v.UnixMilli())
	case bson.Regex:
		return bsoncore.AppendRegexElement(b, name, v.Pattern, v.Options)
	case bson.Raw:
		return bsoncore.AppendDocumentElement(b, name, bsoncore.Document(v))
	case bson.D:
		at, b := bsoncore.AppendDocumentElementStart(b, name)
		for _, e := range v {
			b = appendElement(b, e.Key, e.Value)
		}
		b, _ = bsoncore.AppendDocumentEnd(b, at) // it began above
		return b
	case bson.A:
		return appendArray(b, name, v)
	case []string:
		return appendArray(b, name, v)
	}
	return appendOther(b, name, v)
}

// appendArray appends an array; a nil one is empty.
func appendArray[V any](b []byte, name string, values []V) []byte {
	at, b := bsoncore.AppendArrayElementStart(b, name)
	for i, v := range values {
		b = appendElement(b, strconv.Itoa(i), v)
	}
	b, _ = bsoncore.AppendArrayEnd(b, at) // it began above
	return b
}

// appendOther appends a value by the driver's encoder. All values are of types of this program, and the
// encoder refuses only functions, channels and the like.
func appendOther(b []byte, name string, v any) []byte {
	kind, value, err := bson.MarshalValue(v)
	if err != nil {
		panic(fmt.Sprintf("mongodb: a condition has a %T: %v", v, err))
	}
	b = bsoncore.AppendHeader(b, bsoncore.Type(kind), name)
	return append(b, value...)
}

// rawOf returns the bytes of a document.
func rawOf(d bson.D) bson.Raw {
	_, b := bsoncore.AppendDocumentStart(nil)
	for _, e := range d {
		b = appendElement(b, e.Key, e.Value)
	}
	b, _ = bsoncore.AppendDocumentEnd(b, 0) // it began above
	return bson.Raw(b)
}
