package resolvers

// Forms lists the forms as entryTypes returns them.
var Forms = forms
