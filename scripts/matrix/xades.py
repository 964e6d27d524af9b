# SPDX-License-Identifier: Apache-2.0 OR MIT
"""XAdES: four packagings through every level and two renewals, the core by xmlsec1 and signxml, DSS extends ours and we
extend DSS's, several signatures, the forms of the prescription service."""
import json, subprocess

from peer import INTER, KEIIN, OURS, PKI, ROOT, TRUST, TSA, TSA2, case, data, dss, dss_says, env, keiin_says, keys, run, say, work

PRESCRIPTION = work / "prescription.xml"
PRESCRIPTION.write_text('<?xml version="1.0" encoding="UTF-8"?>\n<!-- 処方箋 -->\n<p:Prescription xmlns:p="urn:x" xmlns="urn:y" Id="root">\n'
                        '  <Line Id="line-1" amount="5mg">アムロジピン &amp; \u00a0水\r\n</Line>\n  <p:Empty/>\n</p:Prescription>\n', encoding="utf-8", newline="")
CSV = work / "prescription.csv"
CSV.write_text("SJ1\n1,1,8000010,99,検証用病院\n11,,ハナコ,,1\n", encoding="utf-8")
DISPENSED = work / "dispensing.csv"
DISPENSED.write_text("CJ1\n1,1,検証用薬局\n", encoding="utf-8")
ID_ATTRIBUTES = ["Id:http://www.w3.org/2000/09/xmldsig#:" + e for e in ("Signature", "SignatureValue", "KeyInfo", "Object", "Manifest")] + [
    "Id:http://uri.etsi.org/01903/v1.3.2#:SignedProperties", "Id:Content", "Id:urn:y:Line", "Id:urn:x:Prescription",
    "id:PrescriptionDocument", "id:Dispensing"]

pharmacist = work / "pharmacist.p12"
run("openssl", "pkcs12", "-export", "-inkey", PKI / "keys" / "pharmacist.key.pem", "-in", PKI / "hpki" / "pharmacist.cert.pem",
    "-certfile", PKI / "hpki" / "sigca.cert.pem", "-passout", "pass:test", "-out", pharmacist)
keys_of_pharmacist = ["--p12", pharmacist, "--pin-env", "KEIIN_MATRIX_PIN"]


def xmlsec_says(name, file, node=None):
    args = ["xmlsec1", "--verify", "--trusted-pem", ROOT, "--untrusted-pem", INTER, "--enabled-key-data", "x509"]
    for given in ID_ATTRIBUTES:
        attribute, element = given.split(":", 1)
        args += [f"--id-attr:{attribute}", element]
    p = subprocess.run([str(a) for a in args + (["--node-id", node] if node else []) + [file]], capture_output=True, text=True, cwd=work)
    return say(p.returncode == 0, f"{name}: xmlsec1 verifies the core", (p.stderr + p.stdout)[-400:])


SIGNXML = """
import base64, re, sys
sys.path.insert(0, sys.argv[1])
import peerlib as pl
raw = open(sys.argv[2], 'rb').read()
certificate = re.search(rb'X509Certificate>([^<]+)<', raw).group(1)
pl.xades_verify(raw, cert='-----BEGIN CERTIFICATE-----\\n' + base64.encodebytes(base64.b64decode(certificate)).decode() + '-----END CERTIFICATE-----\\n')
"""


def signxml_says(name, file):
    p = run(f"{env['PEER_VENV']}/bin/python", "-c", SIGNXML, env["PEERS"], file, check=False)
    return say(p.returncode == 0, f"{name}: signxml verifies the core", p.stderr[-400:])


def everyone(name, file, level, content=None, signxml=True):
    dss_says(name, file, f"XAdES-BASELINE-{level}", content)
    keiin_says(name, file, f"XAdES-BASELINE-{level}", content)
    xmlsec_says(name, file)
    if signxml:
        signxml_says(name, file)


# What keiin is told, what it signs, whether the content stays outside, and whether signxml knows the transforms.
PACKAGINGS = {
    "enveloped": (["--packaging", "enveloped"], PRESCRIPTION, False, True),
    "enveloped parallel": (["--packaging", "enveloped", "--parallel"], PRESCRIPTION, False, False),
    "enveloping base64": (["--packaging", "enveloping"], data, False, False),
    "enveloping xml": (["--packaging", "enveloping", "--carry", "xml"], PRESCRIPTION, False, True),
    "detached": (["--packaging", "detached"], data, True, False),
    "internally detached": (["--packaging", "internally-detached", "--carry", "xml"], PRESCRIPTION, False, True),
    "element": (["--element", "line-1", "--sign-key-info", "--issuer-serial"], PRESCRIPTION, False, True),
}


def the_whole_way(name, key, packaging, revocation="both"):
    args, source, outside, signxml = PACKAGINGS[packaging]
    content = source if outside else None
    given = ["--content", source] if outside else []
    stem = work / name.replace(" ", "-")
    at = {level: f"{stem}-{level}.xml" for level in ("bes", "t", "xl", "a", "a2", "a3")}
    run(KEIIN, "sign", *key, "--format", "xades", *args, "-o", at["bes"], source)
    extend = [KEIIN, "extend", *OURS, *given, "--revocation", revocation]
    run(*extend, "--to", "es-t", "--tsa", TSA, "-o", at["t"], at["bes"])
    run(*extend, "--to", "es-xl", "-o", at["xl"], at["t"])
    run(*extend, "--to", "es-a", "--tsa", TSA, "-o", at["a"], at["xl"])
    renew = [KEIIN, "renew", *OURS, *given, "--revocation", revocation]
    run(*renew, "--digest", "sha512", "--tsa", TSA2, "-o", at["a2"], at["a"])
    run(*renew, "--digest", "sha512", "--tsa", TSA, "-o", at["a3"], at["a2"])
    for level, label in (("bes", "B"), ("t", "T"), ("xl", "LT"), ("a", "LTA"), ("a2", "LTA"), ("a3", "LTA")):
        everyone(f"{name} {level}", at[level], label, content, signxml and level in ("bes", "a3"))
    return at


for who in keys:
    for packaging in PACKAGINGS:
        @case(f"xades {who} {packaging}")
        def _(name, who=who, packaging=packaging):
            the_whole_way(name, keys[who], packaging)


for revocation in ("crl", "ocsp"):
    @case(f"xades {revocation} alone")
    def _(name, revocation=revocation):
        the_whole_way(name, keys["doctor"], "enveloped", revocation)


@case("xades pss")
def _(name):
    out = work / "pss.xml"
    run(KEIIN, "sign", *keys["doctor"], "--format", "xades", "--packaging", "enveloped", "--pss", "--digest", "sha512", "-o", out, PRESCRIPTION)
    # Debian's xmlsec1 does not know RSASSA-PSS.
    dss_says(name, out, "XAdES-BASELINE-B")
    keiin_says(name, out, "XAdES-BASELINE-B")


@case("xades properties")
def _(name):
    out = work / "properties.xml"
    run(KEIIN, "sign", *keys["doctor"], "--format", "xades", "--packaging", "enveloped", "--commitment", "approval", "--location", "JP,東京",
        "--role", "主治医 <内科> & \"他\"", "--id", "処方", "-o", out, PRESCRIPTION)
    everyone(name, out, "B", signxml=False)


@case("xades several signatures")
def _(name):
    first, second, third = (work / f"several-{n}.xml" for n in (1, 2, 3))
    run(KEIIN, "sign", *keys["doctor"], "--format", "xades", "--packaging", "enveloped", "--parallel", "--to", "es-t", "--tsa", TSA, *OURS, "-o", first, PRESCRIPTION)
    run(KEIIN, "sign", *keys_of_pharmacist, "--add", "-o", second, first)
    run(KEIIN, "extend", *OURS, "--to", "es-a", "--tsa", TSA, "-o", third, second)
    keiin_says(name, third, "XAdES-BASELINE-LTA")
    dss_says(name, third, "XAdES-BASELINE-LTA")


@case("xades counter-signature")
def _(name):
    first, second, third = (work / f"counter-{n}.xml" for n in (1, 2, 3))
    run(KEIIN, "sign", *keys["doctor"], "--format", "xades", "--packaging", "enveloped", "--to", "es-t", "--tsa", TSA, *OURS, "-o", first, PRESCRIPTION)
    signature = json.loads(run(KEIIN, "verify", "--json", *OURS[:7], first, check=False).stdout)["signatures"][0]["id"]
    run(KEIIN, "sign", *keys_of_pharmacist, "--countersign", signature, "-o", second, first)
    code, answers = dss("validate", *TRUST, "--certs", INTER, "--online", second)
    said = [(s.get("format"), s.get("indication")) for s in answers[0].get("signatures", [])]
    say(len(said) == 2 and all(i == "TOTAL_PASSED" for _, i in said), f"{name}: DSS passes both", str(answers)[:600])


def dss_extends(name, ours, level, content):
    out = work / f"{name.replace(' ', '-')}.xml"
    given = ["--detached", content] if content else []
    code, answers = dss("extend", "--format", "xades", "--level", level, "--tsa", TSA, *TRUST, "--certs", INTER, "--online", *given, ours, out)
    say(code == 0, f"{name}: DSS extends ours to {level}", str(answers)[:300])
    everyone(name, out, level, content, signxml=False)
    return out


for packaging in ("enveloped", "enveloping base64", "detached", "internally detached"):
    @case(f"dss extends our xades {packaging}")
    def _(name, packaging=packaging):
        ours = the_whole_way(name, keys["doctor"], packaging)
        content = PACKAGINGS[packaging][1] if PACKAGINGS[packaging][2] else None
        for start, level in (("bes", "T"), ("t", "LT"), ("xl", "LTA"), ("a", "LTA"), ("a2", "LTA")):
            dss_extends(f"{name} {start} to {level}", ours[start], level, content)


for packaging in ("enveloped", "enveloping", "detached", "internally_detached"):
    for level in ("B", "T", "LT", "LTA"):
        @case(f"we extend dss xades {packaging} {level}")
        def _(name, packaging=packaging, level=level):
            theirs = work / f"{name.replace(' ', '-')}.xml"
            code, answers = dss("sign", "--format", "xades", "--level", level, "--packaging", packaging, "--p12", work / "doctor.p12", "--password", "test",
                                "--tsa", TSA, *TRUST, "--certs", INTER, "--online", PRESCRIPTION, theirs)
            say(code == 0, f"{name}: DSS signs", str(answers)[:300])
            content = PRESCRIPTION if packaging == "detached" else None
            given = ["--content", content] if content else []
            a, a2 = f"{theirs}-a.xml", f"{theirs}-a2.xml"
            if level == "LTA":
                a = theirs
            else:
                run(KEIIN, "extend", *OURS, *given, "--to", "es-a", "--tsa", TSA, "-o", a, theirs)
                everyone(f"{name} to ES-A", a, "LTA", content, signxml=False)
            run(KEIIN, "renew", *OURS, *given, "--digest", "sha512", "--tsa", TSA2, "-o", a2, a)
            everyone(f"{name} renewed", a2, "LTA", content, signxml=False)
            dss_extends(f"{name} and DSS again", a2, "LTA", content)


@case("xades we extend signxml")
def _(name):
    theirs, a = work / "signxml.xml", work / "signxml-a.xml"
    run(f"{env['PEER_VENV']}/bin/python", f"{env['PEERS']}/peer-sign.py", "xml", PRESCRIPTION, theirs)
    run(KEIIN, "extend", *OURS, "--to", "es-a", "--tsa", TSA, "-o", a, theirs)
    code, answers = dss("validate", *TRUST, "--certs", INTER, a)
    said = [s.get("indication") for s in answers[0].get("signatures", [])]
    say(said == ["TOTAL_PASSED"], f"{name}: DSS", str(answers)[:400])


def passes(name, file, count, content=()):
    given = [a for c in content for a in ("--detached", c)]
    code, answers = dss("validate", *TRUST, "--certs", INTER, "--online", *given, file)
    said = [(s.get("format"), s.get("indication"), s.get("sub_indication")) for s in answers[0].get("signatures", [])]
    say(len(said) == count and all(i == "TOTAL_PASSED" for _, i, _ in said), f"{name}: DSS passes {count}", str(said or answers)[:500])
    p = run(KEIIN, "verify", *OURS[:7], *[a for c in content for a in ("--content", c)], file, check=False)
    say(p.returncode == 0, f"{name}: keiin verifies", p.stdout[-600:] + p.stderr[-300:])


@case("xades prescription and dispensing")
def _(name):
    signed, xl, dispensed, a = (work / f"form-{n}.xml" for n in ("bes", "xl", "dispensed", "a"))
    run(KEIIN, "sign", *keys["doctor"], "--profile", "eprescription", "-o", signed, CSV)
    passes(f"{name}: prescription", signed, 1)
    xmlsec_says(name, signed, "PrescriptionSign")
    run(KEIIN, "extend", *OURS, "--to", "es-xl", "--tsa", TSA, "-o", xl, signed)
    passes(f"{name}: prescription ES-XL", xl, 1)
    p = run(KEIIN, "sign", *keys["doctor"], "--profile", "edispensing", "-o", work / "no.xml", xl, DISPENSED, check=False)
    say(p.returncode == 3 and "薬剤師" in p.stderr, f"{name}: a doctor does not dispense", p.stderr[-300:])
    p = run(KEIIN, "sign", *keys_of_pharmacist, "--profile", "eprescription", "-o", work / "no.xml", CSV, check=False)
    say(p.returncode == 3 and "医師" in p.stderr, f"{name}: a pharmacist does not prescribe", p.stderr[-300:])
    run(KEIIN, "sign", *keys_of_pharmacist, "--profile", "edispensing", "-o", dispensed, xl, DISPENSED)
    passes(f"{name}: dispensing", dispensed, 2)
    run(KEIIN, "extend", *OURS, "--to", "es-a", "--tsa", TSA, "-o", a, dispensed)
    passes(f"{name}: dispensing ES-A", a, 2)
    xmlsec_says(f"{name}: dispensing", dispensed, "DispensingSign")
    xmlsec_says(f"{name}: the prescription in it", dispensed, "PrescriptionSign")


@case("xades scan")
def _(name):
    pages = []
    for n in range(3):
        page = work / f"page {n}.jpg"
        page.write_bytes(bytes(range(256)) * (n + 1))
        pages.append(page)
    pages.append(PRESCRIPTION)
    signed, a = work / "scan.xml", work / "scan-a.xml"
    run(KEIIN, "sign", *keys["doctor"], "--profile", "scan", "-o", signed, *pages)
    passes(name, signed, 1, pages)
    run(KEIIN, "extend", *OURS, *[a for p in pages for a in ("--content", p)], "--to", "es-a", "--tsa", TSA, "-o", a, signed)
    passes(f"{name} ES-A", a, 1, pages)
