"""Runs the Python of every lesson's cells and keeps what it printed, in python.json beside the lesson.

    pip install numpy pandas torch matplotlib scikit-learn
    python apps/studio/python/check.py            # those whose code has changed
    python apps/studio/python/check.py --all

The Studio shows what is kept under the Python tab, and its tests hold that the code which was run is the code of the lesson. Code
that needs a library which is not installed is kept without an output.
"""

import contextlib
import io
import json
import pathlib
import re
import sys

LESSONS = pathlib.Path(__file__).resolve().parent.parent / "lessons"
CELL = re.compile(r'^:::+cell\{[^}]*id="([^"]+)"[^}]*\}\n(.*?)^:::+$', re.M | re.S)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
LIMIT = 4000


def run(code: str) -> dict:
    """What a piece of code prints, and the value of its last expression as a notebook shows it."""
    import ast

    printed = io.StringIO()
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    scope = {"__name__": "__cell__"}
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(tree, "cell.py", "exec"), scope)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), "cell.py", "eval"), scope)
                if value is not None:
                    print(repr(value))
    except ModuleNotFoundError as error:
        return {"output": None, "needs": error.name}
    except Exception as error:  # Cells that fail on purpose fail in Python, too.
        print(f"{type(error).__name__}: {error}", file=printed)
        return {"output": printed.getvalue()[:LIMIT], "fails": True}
    return {"output": printed.getvalue()[:LIMIT]}


def main() -> None:
    anew = "--all" in sys.argv
    for folder in sorted(LESSONS.glob("*/*")):
        path = folder / "python.json"
        before = json.loads(path.read_text()) if path.exists() else {}
        after = {}
        for language in ("es", "en"):
            text = (folder / f"{language}.md").read_text()
            for cell, body in CELL.findall(text):
                found = PYTHON.search(body)
                if not found:
                    continue
                code = found.group(1).rstrip("\n")
                known = before.get(language, {}).get(cell)
                if known and known["code"] == code and not anew:
                    entry = known
                else:
                    entry = {"code": code, **run(code)}
                    needs = entry.get("needs")
                    print(f"{folder.name}/{language} {cell}: {f'needs {needs}' if needs else 'failed' if entry.get('fails') else 'ran'}")
                after.setdefault(language, {})[cell] = entry
        if after != before:
            path.write_text(json.dumps(after, ensure_ascii=False, indent=1) + "\n")


main()
