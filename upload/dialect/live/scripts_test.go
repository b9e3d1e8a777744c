package live

import (
	"testing"

	"github.com/phonecert/phonecert/upload/dialect/script"
	"github.com/phonecert/phonecert/upload/page"
)

func TestAsksReboot(t *testing.T) {
	tests := []struct {
		script string
		want   bool
	}{
		{`function save(){ post("/apply"); alert("Warning: Some settings you changed take effect when you restart your machine! Do you want to reboot now?") }`, true},
		{`function save(){ post("/apply") } var all = ["Warning: Some settings you changed take effect when you restart your machine!"]`, false},
		{`post("/apply"); alert("Warning: Some settings you changed take effect when you restart your machine!")`, false},
	}
	for _, test := range tests {
		if got := asksReboot([]*script.Script{script.Read(test.script)}, "/apply"); got != test.want {
			t.Errorf("%s: got %v", test.script, got)
		}
	}
}

// FuzzScripts reads a page of scripts, or a script alone.
func FuzzScripts(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		all := []*script.Script{script.Read(string(body))}
		for _, p := range page.Parse(body).Inline {
			all = append(all, script.Read(p))
		}
		asksReboot(all, "applycacheconfig")
	})
}
