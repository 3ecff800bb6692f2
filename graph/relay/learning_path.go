package relay

import "patternhub/content"

// LearningPathConnection is a list of learningPaths.
type LearningPathConnection = Connection[content.LearningPath, Edge[content.LearningPath]]

// LearningPathEdge is one place in such a list.
type LearningPathEdge = Edge[content.LearningPath]

// LearningPathPayload is what became of a write to a learning path.
type LearningPathPayload = Payload[content.LearningPath]
