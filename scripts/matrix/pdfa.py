# SPDX-License-Identifier: Apache-2.0 OR MIT
"""PDF/A: what we append leaves a file as conformant as it was. veraPDF says so where Maven can get it; qpdf and mutool do in any case."""
import os, pathlib, re, shutil, subprocess

from pades import CORPUS, as_clean, begins_with
from peer import KEIIN, OURS, TSA, TSA2, case, env, keys, run, say, work

FONT = pathlib.Path("/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf")
HERE = pathlib.Path(__file__).parent / "verapdf"
HOME = pathlib.Path(env["STATE"]) / "verapdf"
LIMIT = 300  # seconds for Maven's downloads, and for one run


def verapdf():
    """The command, built once; None where it cannot be had."""
    built = HOME / "target" / "verapdf.jar"
    sources = [HERE / "pom.xml", HERE / "Verapdf.java"]
    fresh = built.exists() and all((HOME / s.name).exists() and (HOME / s.name).read_bytes() == s.read_bytes() for s in sources)
    if not fresh:
        if not (shutil.which("mvn") and shutil.which("java")):
            return None
        shutil.rmtree(HOME, ignore_errors=True)
        HOME.mkdir(parents=True)
        for source in sources:
            shutil.copy(source, HOME)
        try:
            p = subprocess.run(["mvn", "-q", "-B", "-Dstyle.color=never", "package"], cwd=HOME, capture_output=True, text=True, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return None
        if p.returncode != 0:
            print("-      " + (p.stdout + p.stderr).strip()[-300:], flush=True)
            return None
    return ["java", "-XX:+UseSerialGC", "-Xmx1g", "-cp", f"{built}{os.pathsep}{HOME}/target/lib/*", "Verapdf"]


def judge(command, files):
    """For each file its flavour, whether it conforms, and which rules it breaks how often."""
    p = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, timeout=LIMIT)
    lines = [line.split("\t") for line in p.stdout.splitlines()]
    if len(lines) != len(files):
        raise RuntimeError(f"veraPDF: {p.stdout[-300:]} {p.stderr[-300:]}")
    return lines


def rules(broken):
    """The rules by number, however often each is broken."""
    return set(re.findall(r"([\d.]+-\d+)=", broken))


def pages(file):
    """The digest of each page as mutool draws it, and whether it complains."""
    p = run("mutool", "draw", "-q", "-r", "36", "-s", "5", file, check=False)
    return [line.split()[-1] for line in (p.stdout + p.stderr).splitlines() if line.startswith("page ")], p.returncode


def steps(file, stem, visible):
    """The file signed, carried to ES-A and renewed; None where it may not be signed."""
    at = [work / f"pdfa-{stem}{'-seen' if visible else ''}-{step}.pdf" for step in ("bes", "a", "a2")]
    seen = ["--visible", "first:20mm,20mm,90mm,30mm", "--font", FONT, "--border", "--reason", "承認"] if visible else []
    p = run(KEIIN, "sign", *keys["doctor"], "--lang", "en", "--field", "Keiin", *seen, "-o", at[0], file, check=False)
    if p.returncode != 0:
        return None
    for index, command in ((1, ("extend", "--to", "es-a", "--tsa", TSA)), (2, ("renew", "--tsa", TSA2))):
        p = run(KEIIN, *command, *OURS, "-o", at[index], at[index - 1], check=False)
        if p.returncode != 0:
            # Strangers' signatures may be in it, of CAs that nobody here trusts.
            if b"/ByteRange" not in file.read_bytes():
                say(False, f"pdfa {at[index].stem}", p.stderr[-300:])
            return at[:index]
    return at


@case("pdfa")
def _(name):
    files = sorted(f for f in CORPUS.rglob("*.pdf") if b"pdfaid" in f.read_bytes())
    command = verapdf()
    if command is None:
        print(f"-      {name}: veraPDF cannot be had here: qpdf and mutool judge alone", flush=True)
    made, refused = {}, []
    for file in files:
        for visible in (False, True) if FONT.exists() else (False,):
            found = steps(file, file.stem.replace(" ", "-"), visible)
            if found is None:
                refused.append(file.name)
                continue
            made[file, visible] = found
            last = found[-1]
            as_clean(f"{name} {last.stem}", file, last)
            begins_with(f"{name} {last.stem}", file, last)
            old, new = pages(file), pages(last)
            same = old == new if not visible else old[0][1:] == new[0][1:] and old[0][:1] != new[0][:1]
            say(old[0] and same, f"{name} {last.stem}: mutool draws {'what is to be seen' if visible else 'what it drew'}", f"{old} -> {new}")
    print(f"-      {name}: {len(files)} files, {len(made)} signed, refused: {sorted(set(refused))}", flush=True)
    say(made, f"{name}: some of {len(files)} files could be signed")
    if command is None:
        return
    every = [*files, *(step for found in made.values() for step in found)]
    said = dict(zip(every, judge(command, every)))
    conforming = [file for file in files if said[file][1] == "true"]
    say(conforming, f"{name}: some of {len(files)} files conform before")
    for (file, _), found in made.items():
        for step in found:
            (flavour, conforms, broken), before = said[step], said[file]
            fresh = rules(broken) - rules(before[2])
            ok = [flavour, conforms] == before[:2] and not fresh
            say(ok, f"{name} {step.stem}: veraPDF says {before[0]} {'conforms' if before[1] == 'true' else 'as before'}", f"{before} -> {said[step]}")
