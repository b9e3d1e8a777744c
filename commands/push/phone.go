package push

import (
	"github.com/spf13/cobra"

	"github.com/phonecert/phonecert/commands/factory"
)

// NewPhone builds "phonecert phone" with its commands, and those of other rooms
// that only look.
func NewPhone(f *factory.Factory, look ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "phone",
		Short:   "A phone itself: its certificates, its trust settings, its web page",
		GroupID: "phones",
		Args:    factory.OnlyCommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(look...)
	cmd.AddCommand(newPhoneShow(f), newPhoneDelete(f), newPhoneSet(f), newPhoneReboot(f))
	return cmd
}
