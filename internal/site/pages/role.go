package pages

import "github.com/a-h/templ"

// Role is the page of a role, with its learning path week by week.
func Role(f *Frame, a *RoleAnswer) templ.Component {
	return entryPage(f, a.Role.view().around(a.Roles))
}

// view returns the page. The main learning path is shown step by step; others that suit the role are links.
func (r *RoleAnswerRole) view() *entryView {
	v := &entryView{
		About: r.About, Above: []Link{{"Roles", "/roles"}},
		Kicker: []item{{Text: "Role"}},
		Facts:  []fact{{"Pillars", span(r.PillarWeeks, "weeks"), "Weeks to study the pillars"}},
		Parts:  []part{bodyPart(&r.About)},
	}
	if p := r.LearningPath; p != nil {
		v.Facts = append(v.Facts, fact{"Path", some(p.DurationWeeks, "weeks"), ""}, fact{"Hours", span(p.TotalHours, "hours"), ""})
		v.Parts = append(v.Parts, weeksPart("path", p.Name, p.ResourcePath, p.Steps))
	}
	pillars := inline("", r.PillarOrder)
	if r.PillarPageLabel != "" {
		pillars.Title = "As " + r.PillarPageLabel
	}
	v.Parts = append(v.Parts,
		listPart("pillars", "Pillars, in the order to study them", pillars),
		listPart("paths", "All paths for this role", rows("", r.LearningPaths.Nodes).of(r.LearningPaths.TotalCount, "/learning-paths?role="+escape(r.Slug))))
	return v
}

// weeksPart is the steps of a learning path, which readers can tick off. They are remembered by the path, so
// the page of a role shows what was ticked off on that of the path.
func weeksPart(id, title, path string, steps []Step) part {
	if len(steps) == 0 {
		return part{}
	}
	return part{ID: id, Title: title, Body: progress(path, learningSteps(steps))}
}

// learningSteps returns the steps of a learning path with what each refers to.
func learningSteps(steps []Step) (out []step) {
	for _, s := range steps {
		links := group{Title: "Read"}
		for _, l := range s.Links {
			links.Items = append(links.Items, l.item())
		}
		out = append(out, step{When: period("Week", s.WeekStart, s.WeekEnd), Title: s.Label, Text: s.Summary, Groups: []group{links}})
	}
	return out
}

// item returns what a step refers to: an entry, the patterns of a category, or a section of the hub.
func (l StepLinks) item() item {
	i := item{Text: l.Label, URL: sectionPaths[l.Section]}
	switch {
	case l.Entry != nil:
		i.URL = l.Entry.ResourcePath
		if i.Text == "" {
			i.Text = l.Entry.Name
		}
	case l.Category != "":
		i.URL = "/patterns?category=" + slugOf(string(l.Category))
	}
	return i
}

// sectionPaths are the lists and tools that steps call by a short name.
var sectionPaths = map[string]string{
	"patterns": "/patterns", "companies": "/companies", "case-studies": "/case-studies", "guides": "/guides", "migrations": "/migrations",
	"journeys": "/journeys", "learning-paths": "/learning-paths", "quick-starts": "/quick-starts", "practices": "/practices",
	"comparisons": "/comparisons", "failures": "/failures", "laws": "/laws", "pillars": "/pillars", "roles": "/roles", "tiers": "/tiers",
	"pages": "/pages", "wizard": "/wizard", "calculator": "/calculator", "compare": "/compare", "health": "/health", "graph": "/graph",
	"changes": "/changes",
}
