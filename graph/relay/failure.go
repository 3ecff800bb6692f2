package relay

import "patternhub/content"

// FailureStudyConnection is a list of failures.
type FailureStudyConnection = Connection[content.FailureStudy, Edge[content.FailureStudy]]

// FailureStudyEdge is one place in such a list.
type FailureStudyEdge = Edge[content.FailureStudy]

// FailureStudyPayload is what became of a write to a failure study.
type FailureStudyPayload = Payload[content.FailureStudy]
