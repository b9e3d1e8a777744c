package dialect

import (
	"os"
	"testing"
)

func TestClassify(t *testing.T) {
	const reboot = "Warning: Some settings you changed take effect when you restart your machine! Do you want to reboot now?"
	tests := []struct {
		text string
		want Answer
	}{
		{"Error: The maximum number of certificates is 10, please delete one before upload", Answer{Class: Full}},
		{"error:the maximum number of certificates is 5 ,  please delete one before upload", Answer{Class: Full}},
		{"Error:Invalid file!", Answer{Class: InvalidFile}},
		{"Error: invalid\u00a0File !", Answer{Class: InvalidFile}},
		{"Invalid file name!", Answer{Class: InvalidName}},
		{"Please select a file", Answer{Class: NoFile}},
		{"Upload success!", Answer{Class: Success}},
		{"UPLOAD  SUCCESS", Answer{Class: Success}},
		{reboot, Answer{Class: Success, Reboot: true}},
		{"Error: The file is too large!", Answer{Class: TooLarge}},
		{"Error: no space left", Answer{Class: Refused}},
		{"Uploading, please wait ...", Answer{Class: Silent}},
		{"", Answer{Class: Silent}},
		{"Successful people upload", Answer{Class: Silent}},
	}
	for _, test := range tests {
		got := Classify(test.text)
		if got.Class != test.want.Class || got.Reboot != test.want.Reboot {
			t.Errorf("%q is %+v", test.text, got)
		}
		if got.Class != Silent && got.Text == "" {
			t.Errorf("%q lost its text", test.text)
		}
	}
	if got := Classify("Upload success! " + reboot); got != (Answer{Class: Success, Text: "Upload success!", Reboot: true}) {
		t.Errorf("both: %+v", got)
	}
	if got := Classify("Error:Invalid file! " + reboot); got.Class != InvalidFile || !got.Reboot {
		t.Errorf("refusal and question: %+v", got)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		first := Classify(text)
		if first.Class == "" {
			t.Error("no class")
		}
		if again := Classify(first.Text); first.Text != "" && again.Class != first.Class && first.Class != Silent {
			t.Errorf("%q is %s, its sentence %q is %s", text, first.Class, first.Text, again.Class)
		}
	})
}

func TestSeeds(t *testing.T) {
	if seeds, err := os.ReadDir("testdata/fuzz/FuzzAnswer"); err != nil || len(seeds) == 0 {
		t.Errorf("the committed seed corpus is empty (%v)", err)
	}
}
