"""A script laid out for a box, as the app does it, without a module around it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from genoteca.sdk.isolated import inputs
from genoteca.sdk.isolated.boxes import Box
from genoteca.sdk.isolated.running import Ended, Limits, Script, run_script

INTERPRETER = Path(getattr(sys, "_base_executable", sys.executable)).resolve()


class Boxed:
    """A folder with a module of one script, and a run of it."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        self.module, self.site, self.run = (folder / name for name in ("module", "site", "run"))
        for place in (self.module, self.site, self.run):
            place.mkdir()
        self.script = self.module / "script.py"
        self.script.write_text(text, "utf-8")
        self.laid_out = inputs.RunFolder(root=self.run)
        for place in (self.laid_out.library, self.laid_out.input, self.laid_out.output):
            place.mkdir()
        for name in inputs.SHIPPED:
            shutil.copyfile(Path(inputs.__file__).parent / name, self.laid_out.library / name)

    def give(self, name: str, told: Any) -> None:
        """Put a file into the input."""
        (self.laid_out.input / name).write_text(json.dumps(told), "utf-8")

    def start(
        self,
        box: Box,
        *,
        memory_mb: int = 512,
        seconds: int = 20,
        output_mb: int = 8,
        network: bool = False,
        each_beat: Callable[[], None] = lambda: None,
    ) -> Ended:
        """Run the script to its end."""
        script = Script(
            path=self.script,
            module=self.module,
            site=self.site,
            interpreter=INTERPRETER,
            library=self.laid_out.library,
            input=self.laid_out.input,
            output=self.laid_out.output,
            network=network,
            variables={"GENOTECA_INPUT": str(self.laid_out.input)},
        )
        limits = Limits(memory_mb=memory_mb, seconds=seconds, output_mb=output_mb)
        return run_script(script, box, limits, each_beat=each_beat)

    def printed(self) -> str:
        """Give what it printed."""
        return (self.run / "printed.txt").read_text("utf-8", "replace")
