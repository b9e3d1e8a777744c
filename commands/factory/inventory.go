package factory

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/phonecert/phonecert/internal/disk"
	"github.com/phonecert/phonecert/upload/fleet/inventory"
)

// Inventory opens a list of phones, or standard input for StandardStream. It may
// be longer than any certificate file.
func (f *Factory) Inventory(ctx context.Context, path string) (list io.Reader, done func() error, err error) {
	if path == StandardStream {
		return disk.Stream(ctx, f.Streams.In), func() error { return nil }, nil
	}
	file, err := disk.Open(ctx, path)
	if err != nil {
		return nil, nil, WithHint(fmt.Errorf("cannot read the inventory %q: %w", path, err), "give a CSV file whose header names the column address, or JSON lines")
	}
	return file, file.Close, nil
}

// InventoryError puts the reader's error into words with a hint.
func InventoryError(path string, err error) error {
	hint := "look at the file"
	if problem := new(inventory.Error); errors.As(err, &problem) {
		hint = problem.Hint
	}
	return WithHint(fmt.Errorf("cannot read the inventory %q: %w", path, err), hint)
}
