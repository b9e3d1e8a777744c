package factory

// Flags are the flags that every command has, as they were given: for a command
// that runs others.
func (f *Factory) Flags() []string {
	list := []string{"--color", f.color}
	if f.JSON {
		list = append(list, "--json")
	}
	if f.Quiet {
		list = append(list, "--quiet")
	}
	return list
}
