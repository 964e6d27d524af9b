# SPDX-License-Identifier: Apache-2.0 OR MIT
"""CAdES: every level, three renewals, DSS extends ours, we extend those of DSS, OpenSSL and pyHanko."""
import json

from peer import INTER, KEIIN, OURS, ROOT, TRUST, TSA, TSA2, case, data, dss, env, everyone, keys, run, say, work


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
