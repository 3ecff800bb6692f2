package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/loaders"
)

func (r *alternativeResolver) Label(ctx context.Context, obj *content.Subject) (string, error) {
	return subjectLabel(ctx, obj)
}

func (r *alternativeResolver) Pattern(ctx context.Context, obj *content.Subject) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *alternativeResolver) Practice(ctx context.Context, obj *content.Subject) (*content.Practice, error) {
	return loaders.For(ctx).Practices.Load(ctx, obj.PracticeKey)
}

func (r *migrationSubjectResolver) Label(ctx context.Context, obj *content.Subject) (string, error) {
	return subjectLabel(ctx, obj)
}

func (r *migrationSubjectResolver) Pattern(ctx context.Context, obj *content.Subject) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *migrationSubjectResolver) Practice(ctx context.Context, obj *content.Subject) (*content.Practice, error) {
	return loaders.For(ctx).Practices.Load(ctx, obj.PracticeKey)
}

func (r *subjectResolver) Label(ctx context.Context, obj *content.Subject) (string, error) {
	return subjectLabel(ctx, obj)
}

func (r *subjectResolver) Pattern(ctx context.Context, obj *content.Subject) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *subjectResolver) Practice(ctx context.Context, obj *content.Subject) (*content.Practice, error) {
	return loaders.For(ctx).Practices.Load(ctx, obj.PracticeKey)
}

func (r *Resolver) Alternative() graph.AlternativeResolver { return &alternativeResolver{r} }

func (r *Resolver) MigrationSubject() graph.MigrationSubjectResolver {
	return &migrationSubjectResolver{r}
}

func (r *Resolver) Subject() graph.SubjectResolver { return &subjectResolver{r} }

type (
	alternativeResolver      struct{ *Resolver }
	migrationSubjectResolver struct{ *Resolver }
	subjectResolver          struct{ *Resolver }
)
