#!/usr/bin/python3
"""Tests of meshctl's completion in shells: the file that the package installs, and zsh."""
import os
import pty
import select
import shutil
import signal
import subprocess
import time

from meshd import PATIENCE, MeshdTest, main
from page_commands import read_page

MESHCTL = os.path.abspath(os.environ.get("CAFMESH_MESHCTL") or "meshctl")


class Completion(MeshdTest):
    def setUp(self):
        super().setUp()
        if not os.access(MESHCTL, os.X_OK):
            self.skipTest("SKIPPED: $CAFMESH_MESHCTL names no meshctl")

    def script(self, shell):
        return subprocess.run([MESHCTL, "completion", shell], capture_output=True, text=True, check=True).stdout

    def test_the_file_for_bash_is_that_of_the_program(self):
        self.assertEqual(self.script("bash"), read_page("tools/meshctl/completion/meshctl.bash"),
                         "renew it: meshctl completion bash > tools/meshctl/completion/meshctl.bash")

    def in_zsh(self, before, typed, wanted):
        """Types into an interactive zsh without settings, then presses the key Tab twice. Returns what it shows."""
        process, terminal = pty.fork()
        if process == 0:
            os.environ.update(TERM="dumb", PS1="go> ", ZDOTDIR=self.folder.name, HOME=self.folder.name)
            os.chdir(self.folder.name)
            os.execvp("zsh", ["zsh", "-f", "-i"])
        try:
            self.read(terminal, "go> ")
            os.write(terminal, (before + "; echo re''ady\n").encode())
            said = self.read(terminal, "ready")
            os.write(terminal, typed.encode() + b"\t\t")
            return said + self.read(terminal, wanted)
        finally:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(terminal)

    def read(self, terminal, wanted):
        """Reads until a text appears, or for 20 seconds."""
        said = ""
        end = time.monotonic() + 20 * PATIENCE
        while wanted not in said and time.monotonic() < end:
            if select.select([terminal], [], [], 0.2)[0]:
                said += os.read(terminal, 65536).decode(errors="replace")
        return said

    def test_zsh_completes_commands_and_options(self):
        if not shutil.which("zsh"):
            self.skipTest("SKIPPED: zsh is not installed; on Debian: apt-get install zsh")
        path = self.file("completion.zsh", self.script("zsh"))
        checked = subprocess.run(["zsh", "-n", path], capture_output=True, text=True, check=False)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        for before in ("", "autoload -Uz compinit; compinit -u; "):
            for typed, wanted in (("meshctl pe", "peers"), ("meshctl kv wa", "watch"), ("meshctl kv put k --if-n", "--if-none-match")):
                with self.subTest(before + typed):
                    said = self.in_zsh(f"{before}source {path}", typed, wanted)
                    self.assertIn(wanted, said)
                    self.assertNotIn("not found", said)


if __name__ == "__main__":
    main()
