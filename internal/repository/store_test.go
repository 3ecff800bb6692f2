package repository_test

import (
	"testing"

	"patternhub/internal/mongodb/mongotest"
)

func TestMain(m *testing.M) { mongotest.Main(m) }
