package testpem

import (
	"fmt"
	"strings"
)

func lineCases(m Material) []Case {
	a := Wrap("CERTIFICATE", m.A, 64)
	list := []Case{
		{"trailing-spaces", EachLine(a, true, After("  "))},
		{"trailing-tabs", EachLine(a, true, After("\t"))},
		{"trailing-form-feed", EachLine(a, true, After("\f"))},
		{"trailing-no-break-space", EachLine(a, false, After("\u00a0"))},
		{"trailing-no-break-space-end", ReplaceLine(a, 20, After("\u00a0"))},
		{"trailing-no-break-space-begin", ReplaceLine(a, 1, After("\u00a0"))},
		{"indented-all", EachLine(a, true, Before("  "))},
		{"indented-tab", EachLine(a, true, Before("\t"))},
		{"indented-begin", ReplaceLine(a, 1, Before(" "))},
		{"indented-end", ReplaceLine(a, 20, Before(" "))},
		{"indented-data", EachLine(a, false, Before(" "))},
		{"indented-first-data", ReplaceLine(a, 2, Before(" "))},
		{"indented-last-data", ReplaceLine(a, 19, Before(" "))},
		{"indented-data-far", EachLine(a, false, Before(strings.Repeat(" ", 20)))},
		{"indented-one-after-blank", ReplaceLine(ReplaceLine(a, 1, After("\n")), 5, Before(" "))},
		{"blank-after-begin", ReplaceLine(a, 1, After("\n"))},
		{"two-blanks-after-begin", ReplaceLine(a, 1, After("\n\n"))},
		{"blank-before-end", ReplaceLine(a, 20, Before("\n"))},
		{"blank-in-data", ReplaceLine(a, 10, After("\n"))},
		{"blank-after-first-data", ReplaceLine(a, 2, After("\n"))},
		{"blank-before-last-data", ReplaceLine(a, 19, Before("\n"))},
		{"two-blanks-in-data", ReplaceLine(a, 10, After("\n\n"))},
		{"space-line-in-data", ReplaceLine(a, 10, After("\n   "))},
		{"blank-after-begin-and-in-data", ReplaceLine(ReplaceLine(a, 10, After("\n")), 1, After("\n"))},
		{"blank-after-begin-and-before-end", ReplaceLine(ReplaceLine(a, 20, Before("\n")), 1, After("\n"))},
		{"double-spaced", strings.ReplaceAll(a, "\n", "\n\n")},
		{"last-two-lines-joined", joinLines(a, 18)},
		{"ragged", ReplaceLine(ReplaceLine(a, 3, func(s string) string { return s[:30] + "\n" + s[30:] }), 8, func(s string) string { return s[:5] + "\n" + s[5:] })},
		{"one-short-line-after-blank", ReplaceLine(ReplaceLine(a, 5, func(s string) string { return s[:32] + "\n" + s[32:] }), 1, After("\n"))},
		{"one-long-line-after-blank", ReplaceLine(ReplaceLine(a, 5, func(s string) string { return s + s }), 1, After("\n"))},
	}
	widths := []int{1, 2, 3, 4, 7, 32, 48, 60, 63, 65, 66, 67, 68, 72, 75, 76, 77, 78, 79, 80, 81, 82, 84, 96, 100, 128, 200, 252, 253, 254, 255, 256, 300, 500, 506, 508, 2000}
	for _, width := range widths {
		text := Wrap("CERTIFICATE", m.A, width)
		list = append(list, Case{fmt.Sprintf("width-%d", width), text})
		if width%4 == 0 {
			list = append(list, Case{fmt.Sprintf("width-%d-after-blank", width), ReplaceLine(text, 1, After("\n"))})
			list = append(list, Case{fmt.Sprintf("width-%d-no-pad", width), Wrap("CERTIFICATE", m.B, width)})
		}
	}
	return list
}
