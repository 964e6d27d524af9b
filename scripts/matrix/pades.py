# SPDX-License-Identifier: Apache-2.0 OR MIT
"""PAdES: PDFs of every build are signed, extended and renewed, and EU DSS, pyHanko, qpdf and Poppler say what they think."""
import hashlib, json, pathlib, re, subprocess, zlib

import peer
from peer import INTER, KEIIN, OURS, ROOT, TRUST, TSA, TSA2, case, dss, dss_says, env, keiin_says, keys, run, say, work

CORPUS = pathlib.Path(env.get("KEIIN_CORPUS", pathlib.Path(env["PEERS"]).parent / "corpus"))
PASSWORDS = {}


def qpdf(file):
    """What qpdf --check complains of, without offsets and names: they differ in a longer file."""
    p = run("qpdf", "--check", file, check=False)
    lines = [line for line in (p.stdout + p.stderr).splitlines() if re.search(r"WARNING|ERROR|error|warning", line) and "qpdf cannot detect" not in line and "No syntax" not in line]
    return p.returncode, sorted({re.sub(r"\(.*?\)|\d+", "", line.replace(str(file), "")) for line in lines})


def as_clean(name, before, after):
    """qpdf finds nothing in the new file that it does not find in the old one."""
    (old, complaints), (new, others) = qpdf(before), qpdf(after)
    fresh = [line for line in others if line not in complaints]
    return say(new <= old and not fresh, f"{name}: as clean for qpdf as before", f"{old} -> {new}: {fresh}")


def begins_with(name, before, after, end=None):
    a, b = pathlib.Path(before).read_bytes(), pathlib.Path(after).read_bytes()
    return say(b.startswith(a[:end]), f"{name}: the old file stands at the beginning of the new one")


def pdfsig(name, file, count):
    p = run("pdfsig", "-nocert", file, check=False)
    good = p.stdout.count("Signature is Valid.")
    return say(good == count and "Not total document signed" not in p.stdout.split("Signature #")[-1], f"{name}: pdfsig verifies {count}", p.stdout[-700:] + p.stderr[-200:])


def pyhanko_says(name, file, level=None):
    p = run(f"{env['PEER_VENV']}/bin/python", f"{env['PEERS']}/peer-validate.py", "--root", ROOT, "--inter", INTER, file, check=False)
    answer = json.loads(p.stdout.splitlines()[-1]) if p.stdout.strip() else {}
    if peer.ASN1CRYPTO in answer.get("error", ""):
        peer.unjudged.append(name)
        return print(f"-      {name}: not judged by pyHanko: asn1crypto cannot dump a SET whose length ends in the octet 80", flush=True)
    if "hybrid-reference" in answer.get("error", ""):  # it reads none of them, whoever signed
        return print(f"-      {name}: not judged by pyHanko: its settings refuse hybrid files", flush=True)
    wants_one_inside = [s for s in answer.get("signatures", []) if s.get("subindication") == "SIG_CONSTRAINTS_FAILURE" and s.get("signature_timestamp") is None]
    if answer.get("doc_timestamps") and wants_one_inside:  # EN 319 142-1, 6.3 takes either; pyHanko's process takes the one inside
        return print(f"-      {name}: not judged by pyHanko: it wants a time-stamp inside the signature, which has no room for one", flush=True)
    ok = p.returncode == 0 and answer.get("verdict") == "VALID" and (level is None or answer.get("level") == level)
    modified = [s.get("modification") for s in answer.get("signatures", []) if s.get("modification") not in (None, "NONE", "LTA_UPDATES", "FORM_FILLING")]
    return say(ok and not modified, f"{name}: pyHanko says VALID{' ' + level if level else ''}", (p.stdout + p.stderr)[-800:])


def everyone(name, file, label):
    dss_says(name, file, f"PAdES-BASELINE-{label}")
    keiin_says(name, file, f"PAdES-BASELINE-{label}")
    pyhanko_says(name, file, f"B-{label}")


def scan(path, octets):
    """A page with an image of about so many octets, as a scanner writes it: a table, one xref, no form."""
    import random
    side = max(8, int((octets / 3) ** 0.5))
    rng = random.Random(7)
    image = zlib.compress(rng.randbytes(side * side * 3), 0)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</Im 5 0 R>>>>>>",
        b"<</Length 29>>\nstream\nq 595 0 0 842 0 0 cm /Im Do Q\nendstream",
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/FlateDecode/Length %d>>\nstream\n" % (side, side, len(image)) + image + b"\nendstream",
    ]
    with open(path, "wb") as f:
        offsets = []
        f.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        for number, body in enumerate(objects, 1):
            offsets.append(f.tell())
            f.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
        at = f.tell()
        f.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % o for o in offsets))
        f.write(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, at))
    return path


def base(name):
    """A file of the corpus, or one that is made of one."""
    made = work / f"{name}.pdf"
    if name == "scan":
        return scan(made, 600_000)
    if name in ("linearised", "object-streams", "no-final-eol", "before-the-header"):
        source = CORPUS / "pdf-robust" / "minimal-two-pages.pdf"
        if name == "linearised":
            run("qpdf", "--linearize", source, made)
        elif name == "object-streams":
            run("qpdf", "--object-streams=generate", "--force-version=1.7", source, made)
        elif name == "no-final-eol":
            made.write_bytes(source.read_bytes().rstrip())
        else:
            # Offsets count from the header, as readers take them.
            made.write_bytes(b"what a mail gateway wrote\n" + source.read_bytes())
        return made
    for folder in ("pdf-robust", "dss/dss-pades", "dss/dss-pdfa", "pdf-robust/safedocs"):
        for found in (CORPUS / folder).rglob(f"{name}.pdf"):
            return found
    raise RuntimeError(f"no file {name}.pdf in {CORPUS}")


def the_whole_way(name, key, start, revocation="both", flags=()):
    stem = work / name.replace(" ", "-")
    at = {level: f"{stem}-{level}.pdf" for level in ("bes", "t", "xl", "a", "a2", "a3", "a4")}
    run(KEIIN, "sign", *key, *flags, "-o", at["bes"], start)
    extend = [KEIIN, "extend", *OURS, "--revocation", revocation]
    run(*extend, "--to", "es-t", "--tsa", TSA, "-o", at["t"], at["bes"])
    run(*extend, "--to", "es-xl", "-o", at["xl"], at["t"])
    run(*extend, "--to", "es-a", "--tsa", TSA, "-o", at["a"], at["xl"])
    renew = [KEIIN, "renew", *OURS, "--revocation", revocation]
    run(*renew, "--digest", "sha512", "--tsa", TSA2, "-o", at["a2"], at["a"])
    run(*renew, "--digest", "sha512", "--tsa", TSA, "-o", at["a3"], at["a2"])
    run(*renew, "--digest", "sha512", "--tsa", TSA2, "-o", at["a4"], at["a3"])
    before = start
    for level, label, stamps in (("bes", "B", 0), ("t", "T", 0), ("xl", "LT", 0), ("a", "LTA", 1), ("a2", "LTA", 2), ("a3", "LTA", 3), ("a4", "LTA", 4)):
        everyone(f"{name} {level}", at[level], label)
        as_clean(f"{name} {level}", start, at[level])
        if level != "t":  # the time-stamp goes into the room that the signature has
            begins_with(f"{name} {level}", before, at[level])
        before = at[level]
    pdfsig(f"{name} bes", at["bes"], 1)
    return at


BASES = ("scan", "minimal", "minimal-hybrid-xref", "minimal-xref", "pdf-2.0", "not_signed_pdfa", "linearised", "object-streams")
for start in BASES:
    @case(f"pades {start}")
    def _(name, start=start):
        the_whole_way(name, keys["doctor"], base(start))


@case("pades softhsm")
def _(name):
    key = ["--module", env["PEER_P11_MODULE"], "--token", env["PEER_P11_TOKEN"], "--pin-env", "KEIIN_MATRIX_CARD"]
    the_whole_way(name, key, base("scan"))


for start in ("minimal-two-pages", "minimal-with-field", "minimal-one-field-indir-annots", "no-final-eol", "minimal-hybrid-xref-mswordstyle", "minimal-two-fields-tagged", "empty-a4"):
    @case(f"pades in one step {start}")
    def _(name, start=start):
        a, before = work / f"{name.replace(' ', '-')}.pdf", base(start)
        field = ["--field", "Sig1"] if start == "minimal-two-fields-tagged" else []
        run(KEIIN, "sign", *keys["doctor-ec"], *OURS, *field, "--to", "es-a", "--tsa", TSA, "--reason", "承認 (approved)", "--location", "JP,東京", "-o", a, before)
        everyone(name, a, "LTA")
        as_clean(name, before, a)
        begins_with(name, before, a)


for bits, extra in ((40, ("--allow-weak-crypto",)), (128, ("--allow-weak-crypto", "--use-aes=n")), (128, ("--use-aes=y",)), (256, ())):
    @case(f"pades encrypted {bits}{extra[-1] if extra else ''}")
    def _(name, bits=bits, extra=extra):
        """An encrypted file that opens without a password. pyHanko's validator opens none, so DSS, qpdf and Poppler judge."""
        stem = work / name.replace(" ", "-").replace("=", "-")
        before, a, a2 = f"{stem}-0.pdf", f"{stem}-a.pdf", f"{stem}-a2.pdf"
        weak, rest = [e for e in extra if "weak" in e], [e for e in extra if "weak" not in e]
        run("qpdf", *weak, "--encrypt", "", "owner", bits, *rest, "--", base("minimal-two-pages"), before)
        run(KEIIN, "sign", *keys["doctor"], *OURS, "--reason", "承認", "--to", "es-a", "--tsa", TSA, "-o", a, before)
        run(KEIIN, "renew", *OURS, "--tsa", TSA2, "-o", a2, a)
        for file in (a, a2):
            dss_says(name, file, "PAdES-BASELINE-LTA")
            keiin_says(name, file, "PAdES-BASELINE-LTA")
            as_clean(name, before, file)
            begins_with(name, before, file)
        pdfsig(name, a, 1)


@case("pades before-the-header")
def _(name):
    """DSS and pyHanko read no file with octets before its header, so qpdf and Poppler judge."""
    before, after = base("before-the-header"), work / "before-the-header-signed.pdf"
    run(KEIIN, "sign", *keys["doctor"], *OURS, "--to", "es-a", "--tsa", TSA, "--force", "-o", after, before)
    keiin_says(name, after, "PAdES-BASELINE-LTA")
    as_clean(name, before, after)
    begins_with(name, before, after)


@case("pades defaults")
def _(name):
    before = scan(work / "健診 scan.pdf", 90_000)
    old = before.read_bytes()
    run(KEIIN, "sign", *keys["doctor"], before)
    signed = work / "健診 scan-signed.pdf"
    everyone(f"{name}: FILE-signed.pdf", signed, "B")
    say(before.read_bytes() == old, f"{name}: the file itself stays")
    run(KEIIN, "sign", *keys["doctor"], "--in-place", before)
    everyone(f"{name}: --in-place", before, "B")
    p = run(KEIIN, "sign", *keys["doctor"], "--format", "cades", before)
    keiin_says(f"{name}: --format cades", f"{before}.p7m", "CAdES-BASELINE-B")


@case("pades two signers")
def _(name):
    first = the_whole_way(f"{name} first", keys["doctor"], base("minimal-two-pages"))["a2"]
    second = work / "two-signers.pdf"
    run(KEIIN, "sign", *keys["doctor-ec"], "-o", second, first)
    p = run(KEIIN, "verify", "--json", *OURS[:-2], second, check=False)
    formats = [s["format"] for s in json.loads(p.stdout)["signatures"]]
    say(p.returncode == 0 and formats == ["PAdES-BASELINE-LTA", "PAdES-BASELINE-B"], f"{name}: keiin says LTA and B", str(formats) + p.stderr[-300:])
    pdfsig(f"{name}: both", second, 2)
    a = work / "two-signers-a.pdf"
    # Strict: what the store of the first signature has is older than the second one, and DSS does not count it for that.
    run(KEIIN, "extend", *OURS[:-2], "--to", "es-a", "--tsa", TSA, "-o", a, second)
    everyone(f"{name}: both to ES-A", a, "LTA")
    a2 = work / "two-signers-a2.pdf"
    run(KEIIN, "renew", *OURS, "--tsa", TSA2, "-o", a2, a)
    everyone(f"{name}: both renewed", a2, "LTA")


@case("pades certified and locked")
def _(name):
    certified = work / "certified.pdf"
    run(KEIIN, "sign", *keys["doctor"], "--field", "Sig1", "--certify", "form-filling", "-o", certified, base("minimal-two-fields"))
    everyone(f"{name}: P 2", certified, "B")
    again = work / "certified-again.pdf"
    run(KEIIN, "sign", *keys["doctor-ec"], "--field", "Sig2", "--lock", "all", "-o", again, certified)
    everyone(f"{name}: P 2 and signed again", again, "B")
    p = run(KEIIN, "sign", *keys["doctor"], "--field", "Another", "-o", work / "never.pdf", again, check=False)
    say(p.returncode == 3 and not (work / "never.pdf").exists(), f"{name}: a locked field is refused", f"{p.returncode}: {p.stderr[-300:]}")
    strict = work / "certified-strict.pdf"
    run(KEIIN, "sign", *keys["doctor"], *OURS, "--certify", "no-changes", "--to", "es-a", "--tsa", TSA, "-o", strict, base("minimal"))
    everyone(f"{name}: P 1 to ES-A", strict, "LTA")
    p = run(KEIIN, "sign", *keys["doctor"], "-o", work / "never.pdf", strict, check=False)
    say(p.returncode == 3, f"{name}: a certified file is refused", f"{p.returncode}: {p.stderr[-300:]}")


@case("pades with VRI")
def _(name):
    """On wish each signature and document time-stamp has its entry; everybody accepts that, also what pyHanko and DSS put behind it."""
    stem = work / "vri"
    bes, xl, a, a2, theirs, a3 = (f"{stem}-{level}.pdf" for level in ("bes", "xl", "a", "a2", "theirs", "a3"))
    run(KEIIN, "sign", *keys["doctor"], "-o", bes, base("minimal-two-pages"))
    run(KEIIN, "extend", *OURS, "--vri", "--to", "es-xl", "--tsa", TSA, "-o", xl, bes)
    run(KEIIN, "extend", *OURS, "--vri", "--to", "es-a", "--tsa", TSA, "-o", a, xl)
    run(KEIIN, "renew", *OURS, "--vri", "--tsa", TSA2, "-o", a2, a)
    for file, label, entries in ((bes, "B", 0), (xl, "LT", 1), (a, "LTA", 1), (a2, "LTA", 2)):
        everyone(f"{name} {label}", file, label)
        as_clean(f"{name} {label}", bes, file)
        found = vri_keys(file)
        say(found == sorted(contents_keys(file)[:entries]), f"{name} {label}: {entries} entries under the SHA-1 of /Contents", str(found))
    pathlib.Path(theirs).write_bytes(pathlib.Path(a2).read_bytes())
    run(f"{env['PEER_VENV']}/bin/python", f"{env['PEERS']}/peer-sign.py", "renew", theirs, "--tsa", TSA)
    everyone(f"{name}, and pyHanko renews", theirs, "LTA")
    run(KEIIN, "renew", *OURS, "--vri", "--tsa", TSA2, "-o", a3, theirs)
    everyone(f"{name}, and we again", a3, "LTA")
    dss_extends(f"{name} renewed by DSS", a3, "LTA")


@case("pades two signers with VRI")
def _(name):
    """A second signer's material has an entry of its own beside the first one's."""
    one, two, a = (work / f"vri-two-{step}.pdf" for step in ("one", "two", "a"))
    run(KEIIN, "sign", *keys["doctor"], *OURS, "-o", one, base("minimal-two-pages"))
    run(KEIIN, "extend", *OURS, "--vri", "--to", "es-a", "--tsa", TSA, "-o", two, one)
    run(KEIIN, "sign", *keys["doctor-ec"], "-o", a, two)
    run(KEIIN, "extend", *OURS[:-2], "--vri", "--to", "es-a", "--tsa", TSA, "--in-place", a)
    everyone(name, a, "LTA")
    say(len(vri_keys(a)) == 2, f"{name}: each signature has its entry", str(vri_keys(a)))


def vri_keys(file):
    """The keys of the store's /VRI, as qpdf reads it."""
    found = json.loads(run("qpdf", "--json", "--json-key=qpdf", file).stdout)["qpdf"][1]
    value = lambda v: found.get(f"obj:{v}", {}).get("value", v) if isinstance(v, str) and v.endswith(" R") else v
    store = value(value(found["trailer"]["value"]["/Root"]).get("/DSS", {}))
    return sorted(key[1:] for key in value(store.get("/VRI", {})))


def contents_keys(file):
    """SHA-1 of the value of each /Contents of the file, with what is kept free behind it."""
    hexes = re.findall(rb"/Contents ?<([0-9A-Fa-f]+)>", pathlib.Path(file).read_bytes())
    return [hashlib.sha1(bytes.fromhex(h.decode())).hexdigest().upper() for h in hexes]


def dss_extends(name, ours, level):
    out = work / f"{name.replace(' ', '-')}.pdf"
    code, answers = dss("extend", "--format", "pades", "--level", level, "--tsa", TSA, *TRUST, "--certs", INTER, "--online", ours, out)
    say(code == 0, f"{name}: DSS extends ours to {level}", str(answers)[:300])
    if level == "T":  # by a document time-stamp, which pyHanko judges together with a store only
        dss_says(name, out, "PAdES-BASELINE-T")
        keiin_says(name, out, "PAdES-BASELINE-T")
        pdfsig(name, out, 1)
    else:
        everyone(name, out, level)
    return out


@case("dss extends our pades")
def _(name):
    # Not a file with a cross-reference stream: DSS extends twice and gives the number of its first stream to another object,
    # which pyHanko refuses to read.
    ours = the_whole_way(name, keys["doctor"], base("minimal-two-pages"))
    for start, level in (("bes", "T"), ("t", "LT"), ("xl", "LTA"), ("a", "LTA"), ("a2", "LTA")):
        theirs = dss_extends(f"{name} {start} to {level}", ours[start], level)
    a = work / "dss-extended-and-renewed.pdf"
    run(KEIIN, "renew", *OURS, "--tsa", TSA2, "-o", a, theirs)
    everyone(f"{name}, and we renew", a, "LTA")


@case("pyhanko renews our pades")
def _(name):
    ours = work / "for-pyhanko.pdf"
    run(KEIIN, "sign", *keys["doctor"], *OURS, "--to", "es-a", "--tsa", TSA, "-o", ours, base("minimal-two-pages"))
    run(f"{env['PEER_VENV']}/bin/python", f"{env['PEERS']}/peer-sign.py", "renew", ours, "--tsa", TSA)
    everyone(name, ours, "LTA")
    a = work / "for-pyhanko-renewed.pdf"
    run(KEIIN, "renew", *OURS, "--tsa", TSA2, "-o", a, ours)
    everyone(f"{name}, and we again", a, "LTA")


def we_extend(name, theirs, level):
    a, a2 = work / f"{name.replace(' ', '-')}-a.pdf", work / f"{name.replace(' ', '-')}-a2.pdf"
    if level.endswith("LTA"):
        a = theirs
    else:
        run(KEIIN, "extend", *OURS, "--to", "es-a", "--tsa", TSA, "-o", a, theirs)
        everyone(f"{name} to ES-A", a, "LTA")
        as_clean(f"{name} to ES-A", theirs, a)
    run(KEIIN, "renew", *OURS, "--digest", "sha512", "--tsa", TSA2, "-o", a2, a)
    everyone(f"{name} renewed", a2, "LTA")
    as_clean(f"{name} renewed", theirs, a2)


for level in ("B", "T", "LT", "LTA"):
    @case(f"we extend dss pades {level}")
    def _(name, level=level):
        theirs = work / f"{name.replace(' ', '-')}.pdf"
        code, answers = dss("sign", "--format", "pades", "--level", level, "--p12", work / "doctor.p12", "--password", "test", "--tsa", TSA, *TRUST,
                            "--certs", INTER, "--online", base("minimal-two-pages"), theirs)
        say(code == 0, f"{name}: DSS signs", str(answers)[:300])
        we_extend(name, theirs, level)


for level in ("B-B", "B-T", "B-LT", "B-LTA"):
    @case(f"we extend pyhanko pades {level}")
    def _(name, level=level):
        theirs = work / f"{name.replace(' ', '-')}.pdf"
        run(f"{env['PEER_VENV']}/bin/python", f"{env['PEERS']}/peer-sign.py", "pdf", level, base("minimal-xref"), theirs, "--tsa", TSA)
        we_extend(name, theirs, level)


@case("pades corpus stays clean")
def _(name):
    """Every file of the corpus that can be signed stays as clean for qpdf as it was; what cannot be is refused by name."""
    refused = {}
    for file in sorted((CORPUS / "pdf-robust").rglob("*.pdf")):
        out = work / f"clean-{file.stem}.pdf"
        p = run(KEIIN, "sign", *keys["doctor"], "--lang", "en", "--force", "-o", out, file, check=False)
        if p.returncode == 0:
            as_clean(f"{name} {file.stem}", file, out)
            begins_with(f"{name} {file.stem}", file, out)
            pdfsig_counts(f"{name} {file.stem}", file, out)
        else:
            why = p.stderr.strip().splitlines()
            refused[file.stem] = why[0] if why else ""
            say(p.returncode in (3, 4) and why, f"{name} {file.stem}: refused with a reason", f"{p.returncode}: {p.stderr[-200:]}")
    print(f"-      {name}: refused {len(refused)}: " + json.dumps(refused, ensure_ascii=False)[:3000], flush=True)


def pdfsig_counts(name, before, after):
    """Poppler verifies one signature more than before."""
    valid = lambda file: run("pdfsig", "-nocert", file, check=False).stdout.count("Signature is Valid.")
    old, new = valid(before), valid(after)
    return say(new == old + 1, f"{name}: pdfsig verifies one more", f"{old} -> {new}")
