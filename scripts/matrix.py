#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What other people's software says of what keiin makes, and the other way round. Called by matrix.sh, which sets up the PKI.

usage: matrix.py [--keep DIR] [--only TEXT]

Every line is one case; exit 1 if any case is not as it should be. A case that cannot run says why and counts as failed."""
import argparse, json, os, pathlib, subprocess, sys, tempfile

ap = argparse.ArgumentParser()
ap.add_argument("--keep")
ap.add_argument("--only")
o = ap.parse_args()
env = os.environ
KEIIN, ROOT, INTER, TSA, TSA2 = (env[k] for k in ("KEIIN", "PEER_ROOT", "PEER_INTER", "PEER_TSA", "PEER_TSA2"))
PKI = pathlib.Path(env["PEER_PKI"])
work = pathlib.Path(o.keep or tempfile.mkdtemp(prefix="keiin-matrix-"))
work.mkdir(parents=True, exist_ok=True)
passed = failed = 0
dss_process = subprocess.Popen([env["DSS"], "batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def say(ok, name, what=""):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    print(("ok    " if ok else "FAILED") + f" {name}" + (f": {what}" if what and not ok else ""), flush=True)
    return ok


def run(*args, check=True):
    p = subprocess.run([str(a) for a in args], capture_output=True, text=True, timeout=120)
    if check and p.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, args))}: exit {p.returncode}: {(p.stderr or p.stdout)[-600:]}")
    return p


def dss(*args):
    """One command to the running DSS; its answers and its exit code."""
    dss_process.stdin.write(json.dumps([str(a) for a in args]) + "\n")
    dss_process.stdin.flush()
    answers = []
    while True:
        line = dss_process.stdout.readline()
        if not line:
            raise RuntimeError("DSS ended")
        answer = json.loads(line)
        if set(answer) == {"exit"}:
            return answer["exit"], answers
        answers.append(answer)


TRUST = ["--trust", ROOT]
OURS = ["--trust", ROOT, "--tsa-trust", ROOT, "--certs", INTER, "--allow-private", "--fresh", "relaxed"]


def dss_says(name, file, level, content=None):
    args = ["validate", *TRUST, "--certs", INTER] + ([] if level in LASTING else ["--online"])
    code, answers = dss(*args, *(["--detached", content] if content else []), file)
    signatures = answers[0].get("signatures", []) if answers else []
    said = [(s.get("format"), s.get("indication"), s.get("sub_indication")) for s in signatures]
    return say(code == 0 and said and all(f == level and i == "TOTAL_PASSED" for f, i, _ in said), f"{name}: DSS says {level}", str(said or answers)[:400])


LASTING = ("CAdES-BASELINE-LT", "CAdES-BASELINE-LTA")


# asn1crypto 1.5 takes a definite length whose last octet is 80 for an indefinite one and encodes the element anew, which a
# SET without a schema does not survive. It depends on the size of a file alone, about one in a hundred.
ASN1CRYPTO = "while parsing asn1crypto.core.Set"
unjudged = []


def peers_say(name, file, content=None):
    args = [f"{env['PEER_VENV']}/bin/python", f"{env['PEERS']}/peer-validate.py", "--root", ROOT, "--inter", INTER]
    p = run(*args, *(["--data", content] if content else []), file, check=False)
    answer = json.loads(p.stdout.splitlines()[-1]) if p.stdout.strip() else {}
    if ASN1CRYPTO in answer.get("error", ""):
        unjudged.append(name)
        return print(f"-      {name}: not judged by pyHanko: asn1crypto cannot dump a SET whose length ends in the octet 80", flush=True)
    return say(p.returncode == 0 and answer.get("verdict") == "VALID", f"{name}: OpenSSL and pyHanko say VALID", (p.stdout + p.stderr)[-600:])


def keiin_says(name, file, level, content=None):
    args = [KEIIN, "verify", "--json", "--trust", ROOT, "--tsa-trust", ROOT, "--certs", INTER, "--allow-private"]
    p = run(*args, *(["--content", content] if content else []), file, check=False)
    try:
        said = [(s["format"], s["indication"], s.get("sub_indication")) for s in json.loads(p.stdout)["signatures"]]
    except (ValueError, KeyError) as e:
        return say(False, f"{name}: keiin says {level}", f"{e}: {p.stdout[-300:]} {p.stderr[-300:]}")
    ok = p.returncode == 0 and said and all(f == level and i == "TOTAL_PASSED" for f, i, _ in said)
    return say(ok, f"{name}: keiin says {level}", str(said))


def case(name):
    """Runs a case now; an exception fails it and the matrix goes on."""
    def decorate(f):
        if o.only and o.only not in name:
            return f
        try:
            f(name)
        except Exception as e:  # one broken case must not hide the others
            say(False, name, str(e)[:800])
        return f
    return decorate


def everyone(name, file, level, content=None):
    dss_says(name, file, level, content)
    keiin_says(name, file, level, content)
    peers_say(name, file, content)


data = work / "処方箋 record.txt"
data.write_text("Rp.1 アムロジピン 5mg 1錠 分1 朝食後 28日分\n" * 40, encoding="utf-8")
(work / "pin").write_text("test")
keys = {}
for who, key in (("doctor", "doctor"), ("doctor-ec", "doctor-ec")):
    p12 = work / f"{who}.p12"
    run("openssl", "pkcs12", "-export", "-inkey", PKI / "keys" / f"{key}.key.pem", "-in", PKI / "hpki" / f"{who}.cert.pem",
        "-certfile", PKI / "hpki" / "sigca.cert.pem", "-passout", "pass:test", "-out", p12)
    keys[who] = ["--p12", p12, "--pin-env", "KEIIN_MATRIX_PIN"]
env["KEIIN_MATRIX_PIN"] = "test"
env["KEIIN_MATRIX_CARD"] = env.get("PEER_P11_PIN", "1234")


def the_whole_way(name, key, shape, revocation):
    content = data if shape == "detached" else None
    given = ["--content", data] if content else []
    stem = work / name.replace(" ", "-")
    at = {level: f"{stem}-{level}.p7s" for level in ("bes", "t", "xl", "a", "a2", "a3", "a4")}
    run(KEIIN, "sign", *key, *(["--detached"] if content else []), "-o", at["bes"], data)
    extend = [KEIIN, "extend", *OURS, *given, "--revocation", revocation]
    run(*extend, "--to", "es-t", "--tsa", TSA, "-o", at["t"], at["bes"])
    run(*extend, "--to", "es-xl", "-o", at["xl"], at["t"])
    run(*extend, "--to", "es-a", "--tsa", TSA, "-o", at["a"], at["xl"])
    renew = [KEIIN, "renew", *OURS, *given, "--revocation", revocation]
    run(*renew, "--digest", "sha512", "--tsa", TSA2, "-o", at["a2"], at["a"])
    run(*renew, "--digest", "sha512", "--tsa", TSA, "-o", at["a3"], at["a2"])
    run(*renew, "--digest", "sha512", "--tsa", TSA2, "-o", at["a4"], at["a3"])
    for level, label in (("bes", "B"), ("t", "T"), ("xl", "LT"), ("a", "LTA"), ("a2", "LTA"), ("a3", "LTA"), ("a4", "LTA")):
        everyone(f"{name} {level}", at[level], f"CAdES-BASELINE-{label}", content)
    return at


@case("openssl")
def _(name):
    for shape in ("attached", "detached"):
        out = work / f"openssl-{shape}.p7s"
        detached = shape == "detached"
        run(KEIIN, "sign", *keys["doctor"], *(["--detached"] if detached else []), "--to", "es-t", "--tsa", TSA, "-o", out, data)
        p = run("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", out, "-CAfile", ROOT, "-certfile", INTER,
                "-purpose", "any", *(["-content", data] if detached else []), "-out", work / "openssl.out", check=False)
        say(p.returncode == 0 and (work / "openssl.out").read_bytes() == data.read_bytes(), f"openssl cms -verify -cades, ES-T {shape}", p.stderr[-300:])
    stamped = work / "stamp.tst"
    run(KEIIN, "stamp", "--tsa", TSA, "-o", stamped, data)
    p = run("openssl", "ts", "-verify", "-data", data, "-in", stamped, "-token_in", "-CAfile", ROOT, "-untrusted", INTER, check=False)
    say(p.returncode == 0, "openssl ts -verify of keiin stamp", p.stderr[-300:])
    p = run(KEIIN, "verify", "--content", data, "--tsa-trust", ROOT, "--certs", INTER, "--allow-private", stamped, check=False)
    say(p.returncode == 0, "keiin verify of keiin stamp", p.stdout[-300:] + p.stderr[-300:])


for who in keys:
    for shape in ("attached", "detached"):
        for revocation in ("crl", "ocsp", "both") if (who, shape) in (("doctor", "detached"), ("doctor-ec", "attached")) else ("both",):
            @case(f"{who} {shape} {revocation}")
            def _(name, who=who, shape=shape, revocation=revocation):
                the_whole_way(name, keys[who], shape, revocation)


@case("softhsm")
def _(name):
    module = env["PEER_P11_MODULE"]
    card = json.loads(run(KEIIN, "card", "--module", module, "--json").stdout)
    say("Medical Doctor" in json.dumps(card), "keiin card finds the doctor in SoftHSM2", json.dumps(card)[:300])
    key = ["--module", module, "--token", env["PEER_P11_TOKEN"], "--pin-env", "KEIIN_MATRIX_CARD"]
    the_whole_way(name, key, "detached", "both")


def dss_extends(name, ours, level, label):
    out = work / f"{name.replace(' ', '-')}.p7s"
    code, answers = dss("extend", "--format", "cades", "--level", level, "--tsa", TSA, *TRUST, "--certs", INTER, "--online", "--detached", data, ours, out)
    say(code == 0, f"{name}: DSS extends ours to {level}", str(answers)[:300])
    everyone(name, out, label, data)
    return out


@case("dss extends ours")
def _(name):
    ours = the_whole_way(name, keys["doctor"], "detached", "both")
    for start, level in (("bes", "T"), ("t", "LT"), ("xl", "LTA"), ("a", "LTA"), ("a2", "LTA")):
        dss_extends(f"{name} {start} to {level}", ours[start], level, f"CAdES-BASELINE-{level}")


def we_extend(name, theirs, content):
    given = ["--content", content] if content else []
    a, a2 = work / f"{name.replace(' ', '-')}-a.p7s", work / f"{name.replace(' ', '-')}-a2.p7s"
    run(KEIIN, "extend", *OURS, *given, "--to", "es-a", "--tsa", TSA, "-o", a, theirs)
    everyone(f"{name} to ES-A", a, "CAdES-BASELINE-LTA", content)
    run(KEIIN, "renew", *OURS, *given, "--digest", "sha512", "--tsa", TSA2, "-o", a2, a)
    everyone(f"{name} renewed", a2, "CAdES-BASELINE-LTA", content)
    return a2


for packaging in ("enveloping", "detached"):
    for level in ("B", "T", "LT", "LTA"):
        @case(f"we extend dss {packaging} {level}")
        def _(name, packaging=packaging, level=level):
            theirs = work / f"{name.replace(' ', '-')}.p7s"
            code, answers = dss("sign", "--format", "cades", "--level", level, "--packaging", packaging, "--p12", work / "doctor.p12", "--password", "test",
                                "--tsa", TSA, *TRUST, "--certs", INTER, "--online", data, theirs)
            say(code == 0, f"{name}: DSS signs", str(answers)[:300])
            content = data if packaging == "detached" else None
            if level == "LTA":
                a = work / f"{theirs.stem}-a2.p7s"
                run(KEIIN, "renew", *OURS, *(["--content", content] if content else []), "--tsa", TSA2, "-o", a, theirs)
                everyone(f"{name} renewed by us", a, "CAdES-BASELINE-LTA", content)
            else:
                ours = we_extend(name, theirs, content)
                if content:
                    dss_extends(f"{name} and DSS again", ours, "LTA", "CAdES-BASELINE-LTA")


OPENSSL = ["openssl", "cms", "-sign", "-binary", "-cades", "-md", "sha256", "-in", data, "-signer", env["PEER_CERT"], "-inkey", env["PEER_KEY"], "-certfile", INTER, "-outform", "DER"]
for form, args in (("detached", []), ("attached", ["-nodetach"]), ("streamed", ["-nodetach", "-stream"]), ("key id", ["-keyid"])):
    @case(f"we extend openssl {form}")
    def _(name, form=form, args=args):
        theirs = work / f"{name.replace(' ', '-')}.p7s"
        run(*OPENSSL, *args, "-out", theirs)
        we_extend(name, theirs, None if "-nodetach" in args else data)


for level in ("B-B", "B-T"):
    @case(f"we extend pyhanko {level}")
    def _(name, level=level):
        theirs = work / f"{name.replace(' ', '-')}.p7s"
        run(f"{env['PEER_VENV']}/bin/python", f"{env['PEERS']}/peer-sign.py", "cms", level, data, theirs, "--tsa", TSA)
        we_extend(name, theirs, data)


dss_process.stdin.close()
dss_process.wait(timeout=60)
if len(unjudged) > 8:
    say(False, "files that pyHanko could not judge", str(unjudged))
print(f"matrix: {passed} passed, {failed} failed, {len(unjudged)} not judged by pyHanko" + (f" (files in {work})" if failed or o.keep else ""))
sys.exit(1 if failed else 0)
