# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What other people's software says of what keiin makes, and the other way round: the frame of the cases.

A room of the matrix (cades.py, ...) declares its cases with @case; they run in the order of their declaration."""
import argparse, json, os, pathlib, subprocess, sys, tempfile

ap = argparse.ArgumentParser(prog="matrix")
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
    args = ["validate", *TRUST, "--certs", INTER] + ([] if level.endswith(LASTING) else ["--online"])
    code, answers = dss(*args, *(["--detached", content] if content else []), file)
    signatures = answers[0].get("signatures", []) if answers else []
    said = [(s.get("format"), s.get("indication"), s.get("sub_indication")) for s in signatures]
    return say(code == 0 and said and all(f == level and i == "TOTAL_PASSED" for f, i, _ in said), f"{name}: DSS says {level}", str(said or answers)[:400])


LASTING = ("-LT", "-LTA")


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


cases = []


def case(name):
    """Declares a case. --only TEXT takes those with TEXT in the name or in the name of the room ("cades")."""
    def decorate(f):
        cases.append((f.__module__, name, f))
        return f
    return decorate


def run_cases():
    """Runs what is asked for; an exception fails a case and the matrix goes on."""
    for room, name, f in cases:
        if o.only and o.only not in name and o.only != room:
            continue
        try:
            f(name)
        except Exception as e:  # one broken case must not hide the others
            say(False, name, str(e)[:800])


def conclude():
    dss_process.stdin.close()
    dss_process.wait(timeout=60)
    if passed + failed == 0:
        say(False, f"no case is called {o.only}")
    if len(unjudged) > 8:
        say(False, "files that pyHanko could not judge", str(unjudged))
    print(f"matrix: {passed} passed, {failed} failed, {len(unjudged)} not judged by pyHanko" + (f" (files in {work})" if failed or o.keep else ""))
    sys.exit(1 if failed else 0)


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
