package commands

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/phonecert/phonecert/commands/factory"
	"github.com/phonecert/phonecert/internal/disk"
)

// NewMan prints the manual page of a command, or writes all of them.
func NewMan(f *factory.Factory) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "man [COMMAND...]",
		Short: "Print a manual page, or write all of them to a folder",
		Example: `  phonecert man check | man -l -
  phonecert man --dir /usr/local/share/man/man1`,
		GroupID: "about",
		RunE: func(cmd *cobra.Command, args []string) error {
			header := &doc.GenManHeader{Section: "1", Source: "phonecert", Manual: "phonecert manual"}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			if dir != "" {
				return writeManuals(root, header, dir)
			}
			target, rest, _ := root.Find(args) // its error says what rest says
			if len(rest) > 0 {
				return factory.UnknownCommand(target, rest[0])
			}
			return doc.GenMan(target, header, f.Streams.Out)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "write all pages into this `folder`")
	return cmd
}

func writeManuals(root *cobra.Command, header *doc.GenManHeader, dir string) error {
	if !disk.IsDir(dir) {
		return factory.WithHint(fmt.Errorf("%q is no folder", dir), fmt.Sprintf("run %q", "mkdir -p "+dir))
	}
	return doc.GenManTree(root, header, dir)
}
